//! Many records: which of them, in which order, how many at once.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::behaviour::{Filters, List, Page, Sort};
use super::change;
use super::condition::{Bound, Rank, is_empty, same};
use super::definition::Operation;
use super::failure::Failure;
use super::scope::Scope;
use super::search::Terms;
use super::template::Path;
use super::view;
use super::world::Record;

/// A record that is to be listed, and how well it matched a search.
struct Row<'a> {
    record: &'a Record,
    rank: i64,
}

impl<'a> Row<'a> {
    fn scope(&self, list: &'a List, scope: &Scope<'a>) -> Scope<'a> {
        scope.at(&list.collection, self.record)
    }
}

/// Answers a list, or one page of it.
pub(super) fn list(operation: &Operation, list: &List, scope: &Scope<'_>) -> Result<Value, Failure> {
    change::needed(&list.needs, scope)?;
    let mut rows = matching(list, scope)?;
    let counts: Vec<_> = list
        .counts
        .iter()
        .map(|(name, counted)| {
            let counted = counted.bind(scope);
            (name, rows.iter().filter(|row| counted.accepts(&row.scope(list, scope))).count())
        })
        .collect();
    if let Some(sort) = &list.sort {
        sorted(&mut rows, sort, list, scope);
    }
    let total = rows.len();
    if let Some(page) = &list.page {
        rows = paged(rows, page, scope)?;
    }
    let shown: Vec<_> = rows.iter().map(|row| show(list, &row.scope(list, scope))).collect();

    let mut body = Map::new();
    if let Some(name) = &operation.reply.total {
        body.insert(name.clone(), total.into());
    }
    body.extend(counts.into_iter().map(|(name, count)| (name.to_owned(), count.into())));
    match &operation.reply.rows {
        Some(name) => {
            body.insert(name.clone(), shown.into());
            Ok(body.into())
        }
        None => Ok(shown.into()),
    }
}

fn matching<'a>(list: &'a List, scope: &Scope<'a>) -> Result<Vec<Row<'a>>, Failure> {
    let fixed = list.filter.bind(scope);
    let given = list.given.iter().filter(|(name, _)| scope.request.contains_key(*name));
    let wanted: Vec<_> = given.map(|(_, filter)| filter.bind(scope)).collect();
    let mut unwanted: Vec<_> = list
        .off
        .iter()
        .filter(|(name, _)| scope.request.get(*name).is_some_and(is_off))
        .map(|(_, filter)| filter.bind(scope))
        .collect();
    let filters = list.filters.as_ref().map(|filters| Chosen::read(filters, scope, &mut unwanted));
    let terms = match &list.search {
        Some(search) => Terms::read(search, scope)?,
        None => None,
    };
    let rows = scope.matching(&list.collection, &fixed).filter_map(|(_, candidate)| {
        let kept = wanted.iter().all(|filter| filter.accepts(&candidate))
            && !unwanted.iter().any(|filter| filter.accepts(&candidate))
            && filters.as_ref().is_none_or(|chosen| chosen.accepts(&candidate));
        let rank = match (&terms, kept) {
            (_, false) => return None,
            (None, true) => 0,
            (Some(terms), true) => terms.score(&candidate)?,
        };
        Some(Row { record: candidate.record, rank })
    });
    Ok(rows.collect())
}

fn is_off(value: &Value) -> bool {
    same(value, &Value::from(0)) || *value == Value::Bool(false)
}

fn is_on(value: &Value) -> bool {
    same(value, &Value::from(1)) || *value == Value::Bool(true)
}

/// Filters as a request gave them: for each field, the values that are wanted.
struct Chosen<'a> {
    none: Option<&'a str>,
    fields: Vec<(Path, Vec<Value>)>,
}

impl<'a> Chosen<'a> {
    fn read(filters: &'a Filters, scope: &Scope<'a>, unwanted: &mut Vec<Bound<'a>>) -> Self {
        let mut chosen = Self { none: filters.none.as_deref(), fields: Vec::new() };
        let Some(Value::Object(given)) = scope.request.get(&filters.argument) else {
            return chosen;
        };
        for (key, value) in given {
            if let Some(path) = filters.fields.get(key) {
                chosen.want(path.clone(), value);
            } else if let (Some(path), Value::Object(inner)) = (filters.keyed.get(key), value) {
                for (key, value) in inner {
                    let mut path = path.clone();
                    path.rest.push(key.clone());
                    chosen.want(path, value);
                }
            } else if let (Some(filter), true) = (filters.off.get(key), is_off(value)) {
                unwanted.push(filter.bind(scope));
            }
        }
        chosen
    }

    fn want(&mut self, path: Path, value: &Value) {
        let values = match value {
            Value::Array(values) => values.clone(),
            one => vec![one.clone()],
        };
        if !values.is_empty() {
            self.fields.push((path, values));
        }
    }

    fn accepts(&self, candidate: &Scope<'_>) -> bool {
        self.fields.iter().all(|(path, wanted)| {
            let found = candidate.field(path);
            wanted.iter().any(|wanted| {
                let none = wanted.as_str().is_some_and(|text| Some(text) == self.none);
                if none { is_empty(&found) } else { same(&found, wanted) }
            })
        })
    }
}

fn sorted(rows: &mut [Row<'_>], sort: &Sort, list: &List, scope: &Scope<'_>) {
    let argument = |name: &Option<String>| name.as_ref().and_then(|name| scope.request.get(name));
    let asked = argument(&sort.by).and_then(|by| sort.fields.iter().find(|(name, _)| same(by, &Value::from(*name))));
    let field = asked.map(|(_, field)| field).or_else(|| sort.fields.get(&sort.default));
    let descending = argument(&sort.order).map_or(sort.descending, |order| same(order, &Value::from(&*sort.down)));
    let key = |row: &Row<'_>| match field {
        Some(Some(path)) => scope.at(&list.collection, row.record).field(path),
        _ => row.rank.into(),
    };
    if descending {
        rows.sort_by_cached_key(|row| Reverse(Rank(key(row))));
    } else {
        rows.sort_by_cached_key(|row| Rank(key(row)));
    }
}

fn paged<'a>(rows: Vec<Row<'a>>, page: &Page, scope: &Scope<'_>) -> Result<Vec<Row<'a>>, Failure> {
    let number = |name: &str| match scope.request.get(name) {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|number| usize::try_from(number).ok()),
        None => None,
    };
    let offset = number(&page.offset).unwrap_or_default();
    let size = page.size.as_deref().and_then(number).unwrap_or(page.rows);
    if let Some(most) = page.most
        && offset >= most
    {
        let problem = format!("'{}' must be below {most}", page.offset);
        return Err(Failure::bad_request(&scope.world.definition().data.errors, &problem, scope));
    }
    Ok(rows.into_iter().take(page.most.unwrap_or(usize::MAX)).skip(offset).take(size).collect())
}

fn show(list: &List, row: &Scope<'_>) -> Value {
    let view = row.world.collection(&list.collection).and_then(|collection| collection.views.get(&list.view));
    let mut shown = view.map(|view| view.show(row)).unwrap_or_default();
    if let Value::Object(fields) = &mut shown {
        for (argument, more) in list.with.iter() {
            if row.request.get(argument).is_some_and(is_on) {
                view::add(fields, more, row);
            }
        }
        if let Some(flat) = &list.flat
            && row.request.get(&flat.argument).is_some_and(is_on)
        {
            view::flatten(fields, &flat.fields);
        }
    }
    shown
}
