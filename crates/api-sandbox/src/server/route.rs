//! Routes: the operation that a method and a path mean.

use percent_encoding::percent_decode_str;

use crate::definition::Definition;
use crate::definition::operation::Operation;

/// The variables of a path, by name.
type Variables = Vec<(String, String)>;

/// The operation of a request, and the variables of its path.
pub(super) fn operation<'a>(
    definition: &'a Definition,
    method: &str,
    path: &str,
) -> Option<(&'a Operation, Variables)> {
    let path = path.strip_prefix(definition.data.base.as_str())?;
    let mut operations = definition.operations.iter().filter(|operation| operation.method == method);
    operations.find_map(|operation| Some((operation, variables(&operation.path, path)?)))
}

/// The variables of a path; `None` if the path does not fit its template.
fn variables(template: &str, path: &str) -> Option<Variables> {
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut variables = Variables::new();
    for (wanted, given) in template.split('/').zip(path.split('/')) {
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(name) => variables.push((name.to_owned(), percent_decode_str(given).decode_utf8().ok()?.into_owned())),
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(variables)
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn a_path_fits_its_template_segment_by_segment() {
        assert_eq!(variables("/a/list/", "/a/list/"), Some(Vec::new()));
        assert_eq!(variables("/a/list/", "/a/list"), None);
        assert_eq!(variables("/a/{id}", "/a/x%2Fy"), Some(vec![("id".to_owned(), "x/y".to_owned())]));
        assert_eq!(variables("/a/{id}", "/a/x/y"), None);
    }
}
