//! OpenAPI schemas of requests.

use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Object, ObjectBuilder, Ref, RefOr, Required, Schema};

/// A named schema of the OpenAPI document.
pub type Component = (String, RefOr<Schema>);

/// A property of a request body or a parameter of a query.
#[derive(Clone)]
pub struct Property {
    name: &'static str,
    required: bool,
    schema: RefOr<Schema>,
    about: String,
}

impl Property {
    /// The property `name`. An empty `about` leaves the description of `schema` as it is.
    pub fn new(name: &'static str, required: bool, schema: RefOr<Schema>, about: &str) -> Self {
        Self { name, required, schema, about: about.to_owned() }
    }

    /// Adds the property to the schema of an object.
    pub(crate) fn add_to(self, object: &mut Object) {
        if self.required {
            object.required.push(self.name.to_owned());
        }
        object.properties.insert(self.name.to_owned(), self.described());
    }

    /// Its schema with its description.
    fn described(self) -> RefOr<Schema> {
        let Self { mut schema, about, .. } = self;
        match &mut schema {
            _ if about.is_empty() => {}
            RefOr::Ref(reference) => reference.description = about,
            RefOr::T(Schema::Object(object)) => object.description = Some(about),
            RefOr::T(Schema::Array(array)) => array.description = Some(about),
            RefOr::T(Schema::OneOf(one_of)) => one_of.description = Some(about),
            RefOr::T(_) => {}
        }
        schema
    }
}

/// The description that the lines of a doc comment make: one paragraph for each block of lines.
pub fn about(lines: &[&str]) -> String {
    let paragraphs = lines.split(|line| line.trim().is_empty());
    let paragraphs = paragraphs.map(|lines| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// The schema of a request body. It allows no other properties.
pub fn object(about: &str, properties: Vec<Property>) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .description(Some(about))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let mut object = object.build();
    for property in properties {
        property.add_to(&mut object);
    }
    RefOr::T(object.into())
}

/// The parameters of a query.
pub fn parameters(properties: Vec<Property>) -> Vec<Parameter> {
    let parameter = |property: Property| {
        ParameterBuilder::new()
            .name(property.name)
            .parameter_in(ParameterIn::Query)
            .required(if property.required { Required::True } else { Required::False })
            .description(Some(property.about))
            .schema(Some(property.schema))
            .build()
    };
    properties.into_iter().map(parameter).collect()
}

/// The reference to the schema of `T` in the document.
pub fn reference<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

/// Adds the schema of `T`, and those that it refers to, to the document's.
pub fn add_component<T: ToSchema>(schemas: &mut Vec<Component>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// The same schema, with `null` allowed.
pub fn nullable(schema: RefOr<Schema>) -> RefOr<Schema> {
    let with_null = |schema_type: SchemaType| match schema_type {
        SchemaType::Type(one) => SchemaType::Array(vec![one, Type::Null]),
        other => other,
    };
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = with_null(object.schema_type);
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = with_null(array.schema_type);
            RefOr::T(Schema::Array(array))
        }
        other => {
            let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
            RefOr::T(OneOfBuilder::new().item(other).item(null).build().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn doc_comments_become_paragraphs() {
        assert_eq!(about(&[" One line", " and its end.", "", " Another."]), "One line and its end.\n\nAnother.");
        assert_eq!(about(&[]), "");
    }
}
