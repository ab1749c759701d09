"""The labels of charts: no picture of a chart says what stands on it, so its pen is watched."""

# Keeps the labels that charts write, and those that come too close to another.
WATCH = """
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
# Whether enough different labels have that form. Between a time and its AM stands a narrow space.
LABELLED = """([form, number]) => {
    const found = labels.map((label) => label.replace(/\\s/g, " ")).filter((label) => new RegExp(form).test(label));
    return new Set(found).size >= number;
}"""

# A form of label that each span of time has and the one before it has not, or not as often.
FORMS = [("hour", r"\d+:[1-5]\d [AP]M", 1), ("30 days", r"[A-Z]\S+ \d+", 3), ("24 hours", r"\d+ [AP]M", 1)]


def keep_apart(page):
    """On a phone and on a desk, whatever the span of time."""
    for width in [360, 1280]:
        page.set_viewport_size({"width": width, "height": 900})
        for time, form, number in FORMS:
            page.evaluate("labels.length = 0")
            page.get_by_label("Time", exact=True).select_option(f"Last {time}")
            page.wait_for_function(LABELLED, arg=[f"^{form}$", number])
    touching = page.evaluate("touching")
    assert touching == [], touching
