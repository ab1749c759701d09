//! Lists: which records, in which order, and how many at once.

use minijinja::{Error, Value};

use super::failure::Failure;
use super::lookup::check_needs;
use super::scope::Scope;
use super::search::Terms;
use super::view;
use crate::definition::collection::View;
use crate::definition::data::{List, Page, Sort};
use crate::definition::operation::Operation;
use crate::value::{Record, alike, compare};

/// Returns a list, or one page of it.
pub(super) fn list(operation: &Operation, list: &List, arguments: &Record, scope: &Scope) -> Result<Value, Failure> {
    check_needs(&list.needs, scope)?;
    let mut rows = matching(list, arguments, scope)?;
    let mut body = Record::new();
    if let Some(name) = &operation.reply.total {
        body.insert(name.clone(), rows.len().into());
    }
    for (name, counted) in &list.counts {
        let counted = rows.iter().map(|row| counted.holds(row)).collect::<Result<Vec<_>, _>>()?;
        body.insert(name.clone(), counted.into_iter().filter(|counts| *counts).count().into());
    }
    if let Some(sort) = &list.sort {
        rows = sorted(rows, sort, arguments)?;
    }
    if let Some(page) = &list.page {
        rows = paged(rows, page, arguments, scope)?;
    }
    let shown: Value = rows.iter().map(|row| show(list, arguments, row)).collect::<Result<Vec<_>, _>>()?.into();
    Ok(match &operation.reply.rows {
        Some(name) => {
            body.insert(name.clone(), shown);
            Value::from_pairs(body)
        }
        None => shown,
    })
}

/// The records that fulfil the conditions and match the search, whose score is the word `score`.
fn matching(list: &List, arguments: &Record, scope: &Scope) -> Result<Vec<Scope>, Failure> {
    let terms =
        list.search.as_ref().map(|search| Terms::from_arguments(search, arguments, scope)).transpose()?.flatten();
    let filters: Vec<_> = list.filters.iter().filter(|filter| scope.gives_arguments_of(filter)).collect();
    let mut rows = Vec::new();
    'records: for mut row in scope.find(&list.collection, &[], None)? {
        for filter in &filters {
            if !filter.holds(&row)? {
                continue 'records;
            }
        }
        if let Some(terms) = &terms {
            let Some(points) = terms.score(&row)? else { continue };
            row = row.with("score", points);
        }
        rows.push(row);
    }
    Ok(rows)
}

fn sorted(rows: Vec<Scope>, sort: &Sort, arguments: &Record) -> Result<Vec<Scope>, Error> {
    let argument = |name: &Option<String>| name.as_ref().and_then(|name| arguments.get(name));
    let asked = argument(&sort.by).and_then(|by| sort.fields.iter().find(|(name, _)| alike(by, &name.as_str().into())));
    let field = asked.map(|(_, field)| field).or_else(|| sort.fields.get(&sort.default));
    let field = field.expect("a definition with an unknown default order is refused");
    let down = sort.down.as_deref().unwrap_or("desc");
    let descending = argument(&sort.order).map_or(sort.descending, |order| alike(order, &down.into()));
    let mut keyed = rows.into_iter().map(|row| Ok((field.eval(&row)?, row))).collect::<Result<Vec<_>, Error>>()?;
    keyed.sort_by(|(a, _), (b, _)| if descending { compare(b, a) } else { compare(a, b) });
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
}

fn paged(rows: Vec<Scope>, page: &Page, arguments: &Record, scope: &Scope) -> Result<Vec<Scope>, Failure> {
    let number = |name: &str| {
        let value = arguments.get(name)?;
        value.as_usize().or_else(|| value.as_str()?.parse().ok())
    };
    let offset = number(&page.offset).unwrap_or_default();
    let size = page.size.as_deref().and_then(number).unwrap_or(page.rows);
    let most = page.most.unwrap_or(usize::MAX);
    if offset >= most {
        let problem = format!("'{}' must be below {most}", page.offset);
        return Err(Failure::bad_request(&scope.world.definition().data.errors, &problem));
    }
    Ok(rows.into_iter().take(most).skip(offset).take(size).collect())
}

fn show(list: &List, arguments: &Record, row: &Scope) -> Result<Value, Error> {
    let is_on = |argument: &String| {
        arguments.get(argument).is_some_and(|value| alike(value, &vec![1.into(), Value::from(true)].into()))
    };
    let fields = match view::named(row.world.collection(&list.collection), &list.view) {
        View::Value(value) => return value.fill(row),
        View::Fields(fields) => fields,
    };
    let more = list.with.iter().filter(|(argument, _)| is_on(argument)).flat_map(|(_, fields)| fields);
    let mut shown = view::shown(fields.iter().chain(more), row)?;
    for (_, fields) in list.flat.iter().filter(|(argument, _)| is_on(argument)) {
        view::flatten(&mut shown, fields);
    }
    Ok(Value::from_pairs(shown))
}
