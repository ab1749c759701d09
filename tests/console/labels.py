"""Checks that chart labels do not overlap. Charts are drawn on a canvas, so the drawing calls are recorded."""

# Records the drawn labels, and the pairs that overlap.
RECORD_LABELS = """
    const written = new WeakMap();
    window.labels = [];
    window.touching = [];
    const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...given) {
        written.set(this, []);
        return clearRect.apply(this, given);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const size = this.measureText(text);
        const box = {
            text,
            left: x - size.actualBoundingBoxLeft - 3,
            right: x + size.actualBoundingBoxRight + 3,
            top: y - size.actualBoundingBoxAscent,
            bottom: y + size.actualBoundingBoxDescent,
        };
        const others = written.get(this) ?? [];
        const near = others.filter(
            (other) =>
                other.left < box.right && box.left < other.right && other.top < box.bottom && box.top < other.bottom,
        );
        window.touching.push(...near.map((other) => `${other.text}|${text}`));
        window.labels.push(text);
        written.set(this, [...others, box]);
        return fillText.call(this, text, x, y);
    };
"""
# Whether enough different labels match a pattern. A narrow space separates a time from its AM or PM.
LABELLED = """([form, number]) => {
    const found = labels.map((label) => label.replace(/\\s/g, " ")).filter((label) => new RegExp(form).test(label));
    return new Set(found).size >= number;
}"""

# A label pattern of each period that the previous period lacks, or has less often.
PATTERNS = [("hour", r"\d+:[1-5]\d [AP]M", 1), ("30 days", r"[A-Z]\S+ \d+", 3), ("24 hours", r"\d+ [AP]M", 1)]


def check_overlap(page):
    """Checks every period at the widths of a phone and a desktop."""
    for width in [360, 1280]:
        page.set_viewport_size({"width": width, "height": 900})
        for period, pattern, number in PATTERNS:
            page.evaluate("labels.length = 0")
            page.get_by_label("Period", exact=True).select_option(f"Last {period}")
            page.wait_for_function(LABELLED, arg=[f"^{pattern}$", number])
    touching = page.evaluate("touching")
    assert touching == [], touching
