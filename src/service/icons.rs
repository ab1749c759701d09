//! The icons of the server, as clients show them. The console and the bundles use the same files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mcp_server::Icon;

const SVG: &[u8] = include_bytes!("../console/assets/icon.svg");
const PNG: &[u8] = include_bytes!("../console/assets/icon.png");

/// The icons as `data:` URIs, which need no address of the server. Clients must support PNG and should support SVG (MCP
/// 2025-11-25, schema, `Icons`).
pub(super) fn icons() -> Vec<Icon> {
    let icon = |mime_type, sizes, image| Icon {
        src: format!("data:{mime_type};base64,{}", STANDARD.encode(image)),
        mime_type,
        sizes: [sizes],
    };
    vec![icon("image/svg+xml", "any", SVG), icon("image/png", "512x512", PNG)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_png_has_the_size_it_claims() {
        // Signature and length of the first chunk are twelve bytes; its name, width and height follow.
        assert_eq!(PNG.get(12..24), Some(&b"IHDR\0\0\x02\0\0\0\x02\0"[..]));
    }
}
