'use strict';

/**
 * Writes the conditions of rules as TypeScript. The code reads the same fields as the steps of a condition
 * (src/core/evaluation/steps.ts) and gives the same answers: a value leads to a yes only if it is the object's own.
 */

const WIDTH = 110;
const GUARD = 'guard';
/** The values of the principal that conditions compare with, by their paths. */
const USER = { userName: 'me', userGroups: 'groups', tenantId: 'tenant' };

const isReference = (value) => typeof value === 'object' && value !== null && 'ref' in value;

const unsupported = (condition) => {
  throw new TypeError(`No code can be generated for ${JSON.stringify(condition)}`);
};

/** Where a field stands: the expression that reads it, and the checks that it is not inherited. */
function placeOf(field) {
  const [root, ...keys] = field.split('.');
  if (root !== 'item' && root !== 'instance') throw new TypeError(`No code can be generated for ${field}`);
  const ofRoot = root === 'instance' ? ["own(resource, 'instance')"] : [];
  if (keys.length === 1)
    return { read: `${root}.${keys[0]}`, own: [...ofRoot, `own(${root}, '${keys[0]}')`], row: root };
  if (keys.length === 2 && keys[0] === GUARD) {
    const guard = root === 'item' ? 'itemGuard' : 'caseGuard';
    return {
      read: `${guard}.${keys[1]}`,
      own: [...ofRoot, `own(${root}, '${GUARD}')`, `own(${guard}, '${keys[1]}')`],
      row: guard,
      key: keys[1],
    };
  }
  const path = `parsePath('${field}')`;
  return {
    read: `glance(PATH, ${root === 'item' ? 'item' : 'undefined'}, resource)`,
    own: [`isOwn(PATH, ${root === 'item' ? 'item' : 'undefined'}, resource)`],
    path,
  };
}

/** A test, and what must hold as well before it leads to a yes: `own` may be evaluated last. */
const test = (code, own = []) => ({ code, own });
const whole = ({ code, own }) => join('&&', [code, ...own]);
const join = (op, parts) =>
  parts.length === 1 ? parts[0] : { op, parts: parts.flatMap((part) => flat(op, part)) };
const flat = (op, part) => (part.op === op ? part.parts : [part]);
const unique = (list) => [...new Set(list)];

class Writer {
  constructor() {
    this.functions = [];
    /** The functions of conditions on the items of an instance. */
    this.lists = new Map();
    /** How each list of conditions is called. */
    this.known = new Map();
    this.paths = new Map();
    this.fields = { item: new Set(), itemGuard: new Set(), instance: new Set(), caseGuard: new Set() };
  }

  place(field) {
    const place = placeOf(field);
    if (place.path !== undefined) {
      const name = `PATH_${field
        .split('.')
        .slice(1)
        .join('_')
        .replace(/[A-Z]/g, (c) => `_${c}`)
        .toUpperCase()}`;
      this.paths.set(name, place.path);
      return {
        read: place.read.replace('PATH', name),
        own: place.own.map((one) => one.replace('PATH', name)),
      };
    }
    const [root, key] = place.read.split('.');
    this.fields[root].add(key);
    return place;
  }

  get constants() {
    const { item, itemGuard, instance, caseGuard } = this.fields;
    return { OF_ITEM: item, OF_ITEM_GUARD: itemGuard, OF_INSTANCE: instance, OF_CASE_GUARD: caseGuard };
  }

  /** @param negated below a `not`, where a value that the principal lacks counts as true */
  test(condition, negated) {
    switch (condition.op) {
      case 'and':
        return this.all(condition.of.map((part) => this.test(part, negated)));
      case 'or':
        return test(this.any(condition.of, negated));
      case 'not':
        return test({ not: whole(this.test(condition.of, !negated)) });
      case 'some':
        return test(this.someItem(condition, negated));
      case 'eq':
        return this.comparison(condition.field, condition.value, negated);
      case 'ne': {
        if (isReference(condition.value)) return unsupported(condition);
        const { read, own } = this.place(condition.field);
        const value = JSON.stringify(condition.value).replaceAll('"', "'");
        return test(join('&&', [`isPresent(${read})`, { not: `is(${read}, ${value})` }]), own);
      }
      case 'in':
      case 'overlaps':
        return isReference(condition.values)
          ? this.comparison(condition.field, condition.values, negated)
          : unsupported(condition);
      case 'exists': {
        const { read, own } = this.place(condition.field);
        const found = test(`isPresent(${read})`, own);
        return condition.present ? found : test({ not: whole(found) });
      }
      default:
        return unsupported(condition);
    }
  }

  all(parts) {
    return test(
      join(
        '&&',
        parts.map(({ code }) => code),
      ),
      unique(parts.flatMap(({ own }) => own)),
    );
  }

  comparison(field, value, negated) {
    const { read, own } = this.place(field);
    if (!isReference(value)) return test(`is(${read}, ${JSON.stringify(value).replaceAll('"', "'")})`, own);
    const name = value.ref === 'user' ? USER[value.path] : undefined;
    if (name === undefined) return unsupported({ field, value });
    const found = test(`${name === 'groups' ? 'isAny' : 'is'}(${read}, ${name})`, own);
    return negated ? test(join('||', [`${name} === undefined`, whole(found)])) : found;
  }

  /** Two alternatives that depend on the same field read it once. */
  any(alternatives, negated) {
    const chosen = choiceIn(alternatives);
    if (chosen === undefined)
      return join(
        '||',
        alternatives.map((one) => whole(this.test(one, negated))),
      );
    const { field, value, is, isNot, others } = chosen;
    const { read, own } = this.place(field);
    const either = (parts) => whole(this.all(parts.map((part) => this.test(part, negated))));
    const choice = {
      if: `is(${read}, '${value}')`,
      then: either(is),
      otherwise: join('&&', [`isPresent(${read})`, either(isNot)]),
    };
    return join('||', [join('&&', [choice, ...own]), ...others.map((one) => whole(this.test(one, negated)))]);
  }

  someItem({ field, where }, negated) {
    if (field !== 'instance.items') return unsupported({ field });
    const found = this.test(where, negated);
    const key = inline(whole(found));
    const uses = usesOf(key);
    if (uses.instance || uses.caseGuard) return unsupported({ field, where });
    const parameters = ['me', 'groups', 'tenant'].filter((one) => uses[one]);
    const known = this.lists.get(key);
    if (known !== undefined) return `${known}(resource, ${parameters.join(', ')})`;
    const name = `someItem${this.functions.length + 1}`;
    this.lists.set(key, name);
    const given = parameters.map((one) => `${one}: ${TYPES[one]}`).join(', ');
    this.functions.push(
      [
        `function ${name}(resource: Resource, ${given}): boolean {`,
        '  const items = itemsIn(resource);',
        '  for (let i = 0; i < items.length; i++) {',
        '    const one = items[i];',
        '    if (!isDocument(one)) continue;',
        '    const item = (Array.isArray(one) ? { ...one } : one) as Row;',
        ...body(found, '    ', { no: 'continue;', yes: 'return true;' }, new Set(['item', ...parameters])),
        '  }',
        '  return false;',
        '}',
      ].join('\n'),
    );
    return `${name}(resource, ${parameters.join(', ')})`;
  }

  /** The function of a list of conditions, and what it is for all resources and principals. */
  list({ name, condition }) {
    const found = this.test(condition, false);
    const uses = usesOf(whole(found));
    const parameters = PARAMETERS.filter((one) => uses[one] || one === 'resource');
    const typed = parameters.map((one) => `${one}: ${TYPES[one]}`).join(', ');
    this.functions.push(
      [
        `function ${name}(${typed}): boolean {`,
        ...body(found, '  ', { no: 'return false;' }, new Set(parameters)),
        '}',
      ].join('\n'),
    );
    // What is a single test is not called, so that its checks can come last.
    const isShort = typeof found.code === 'string';
    const call = test(`${name}(${parameters.join(', ')})`);
    this.known.set(name, { call, inner: isShort ? found : call });
    return this.rule(`${name}Alone`, call);
  }

  /** The code of lists together: all that restrict, and one of those that permit. */
  combination({ name, permits, restricts }) {
    const inner = (list) => this.known.get(list).inner;
    const permitted = join(
      '||',
      permits.map((list) => whole(inner(list))),
    );
    const limits = restricts.map(inner);
    // As for conditions, single tests first: rows of other tenants need no further evaluation.
    const isShort = ({ own }) => own.length > 0;
    const ordered = [...limits.filter(isShort), ...limits.filter((one) => !isShort(one))];
    return this.rule(name, this.all([...ordered, test(permitted)]), true);
  }

  rule(name, found, isWhole = false) {
    const uses = usesOf(whole(found));
    const hasItem = uses.item || uses.itemGuard;
    const asks = uses.me || uses.groups || uses.tenant;
    if (isWhole)
      return [
        `const ${name}: PrincipalPredicate = (given${asks ? ', principal' : ''}) => {`,
        '  const resource = partsOf(given);',
        ...body(found, '  ', { no: 'return false;', item: 'itemOf(resource)' }, new Set()),
        '};',
      ].join('\n');
    return [
      `const ${name}: Call = (${hasItem ? 'given' : '_given'}, resource${asks ? ', principal' : ''}) => {`,
      ...body(found, '  ', { no: 'return false;', item: 'given' }, new Set()),
      '};',
    ].join('\n');
  }
}

/** What expressions read from, each declared where it is first used. */
const DECLARED = {
  item: 'rowOf(given, OF_ITEM, OF_ITEM_GUARD)',
  itemGuard: 'guardOf(item, OF_ITEM_GUARD)',
  instance: 'rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD)',
  caseGuard: 'guardOf(instance, OF_CASE_GUARD)',
  me: 'principal?.userName',
  groups: 'principal?.userGroups',
  tenant: 'principal?.tenantId',
};
const BEFORE = { itemGuard: 'item', caseGuard: 'instance' };

function declare(expression, indent, known, item) {
  const uses = usesOf(expression);
  const lines = [];
  const add = (name) => {
    if (name === undefined || known.has(name)) return;
    add(BEFORE[name]);
    known.add(name);
    lines.push(`${indent}const ${name} = ${DECLARED[name].replace('given', item)};`);
  };
  for (const name of USED) if (uses[name]) add(name);
  return lines;
}

/**
 * Statements that end where one of the parts does not hold.
 * @param no the statement that says so; `yes` the one for the other end, or else it is returned
 */
function body({ code, own }, indent, { no, yes, item }, known) {
  const [first, ...others] = code.op === '&&' ? code.parts : [code];
  const checks = [...others, ...own];
  if (first.if !== undefined && yes === undefined && checks.every((one) => typeof one === 'string')) {
    const branch = (part, at, names) => body({ code: part, own: checks }, at, { no, item }, names);
    return [
      ...declare(first.if, indent, known, item),
      `${indent}if (${first.if}) {`,
      ...branch(first.then, `${indent}  `, new Set(known)),
      `${indent}}`,
      ...branch(first.otherwise, indent, known),
    ];
  }
  const parts = [first, ...others];
  const last = join('&&', [...parts.slice(-1), ...own]);
  return [
    ...parts
      .slice(0, -1)
      .flatMap((part) => [
        ...declare(part, indent, known, item),
        print(
          typeof part === 'object' && 'not' in part ? part.not : { not: part },
          `${indent}if (`,
          `) ${no}`,
        ),
      ]),
    ...declare(last, indent, known, item),
    yes === undefined ? print(last, `${indent}return `, ';') : print(last, `${indent}if (`, `) ${yes}`),
  ];
}

const PARAMETERS = ['resource', 'item', 'itemGuard', 'me', 'groups', 'tenant'];
const TYPES = {
  resource: 'Resource',
  item: 'Row',
  itemGuard: 'Row',
  me: 'string | undefined',
  groups: 'readonly string[] | undefined',
  tenant: 'string | undefined',
};
const USED = ['item', 'itemGuard', 'instance', 'caseGuard', 'me', 'groups', 'tenant'];

/** The names that an expression reads. */
function usesOf(expression) {
  const text = print(expression, '', '').replace(/'[^']*'/g, "''");
  return Object.fromEntries(USED.map((name) => [name, new RegExp(`\\b${name}\\b`).test(text)]));
}

/** Two alternatives that depend on whether a field has a value, as src/core/condition/choice.ts finds them. */
function choiceIn(alternatives) {
  const begins = (condition, op) => {
    const [first, ...rest] = condition.op === 'and' ? condition.of : [condition];
    return first?.op === op && typeof first.value === 'string' ? { first, rest } : undefined;
  };
  for (const one of alternatives)
    for (const other of alternatives) {
      const [is, isNot] = [begins(one, 'eq'), begins(other, 'ne')];
      if (is === undefined || isNot === undefined) continue;
      if (is.first.field !== isNot.first.field || is.first.value !== isNot.first.value) continue;
      if (is.rest.length === 0 || isNot.rest.length === 0) continue;
      const others = alternatives.filter((condition) => condition !== one && condition !== other);
      return { field: is.first.field, value: is.first.value, is: is.rest, isNot: isNot.rest, others };
    }
  return undefined;
}

/** On one line, if it fits. */
function inline(expression, inside) {
  if (typeof expression === 'string') return expression;
  if ('not' in expression) {
    const { not } = expression;
    return typeof not === 'string' ? `!${not}` : `!(${inline(not)})`;
  }
  if ('if' in expression) {
    const text = `${expression.if} ? ${inline(expression.then)} : ${inline(expression.otherwise)}`;
    return inside ? `(${text})` : text;
  }
  const text = expression.parts.map((part) => inline(part, true)).join(` ${expression.op} `);
  return inside ? `(${text})` : text;
}

/** An expression between what comes before and after it, broken where its lines would be too long. */
function print(expression, before, after) {
  const short = before + inline(expression) + after;
  if (short.length <= WIDTH) return short;
  const indent = /^ */.exec(before)[0];
  const inner = `${indent}  `;
  if (typeof expression === 'string') return short;
  if ('not' in expression) return print(expression.not, `${before}!(`, `)${after}`);
  if ('if' in expression)
    return [
      `${before}${expression.if}`,
      print(expression.then, `${inner}? `, ''),
      print(expression.otherwise, `${inner}: `, after),
    ].join('\n');
  const [open, close] = before.trim() === '' || before.endsWith('(') ? ['', ''] : ['(', ')'];
  const lines = expression.parts.map((part, at) => {
    const end = at < expression.parts.length - 1 ? ` ${expression.op}` : '';
    const nested = typeof part === 'object' && !('not' in part);
    return nested ? print(part, `${inner}(`, `)${end}`) : print(part, inner, end);
  });
  return [`${before}${open}`, ...lines, `${indent}${close}${after}`]
    .filter((line) => line.trim() !== '')
    .join('\n');
}

const listOf = (name, keys) => `const ${name} = [${[...keys].map((key) => `'${key}'`).join(', ')}];`;

const IMPORTS = {
  '../evaluation/evaluate.js': ['type PrincipalPredicate'],
  '../evaluation/frame.js': ['glance', 'isOwn', 'itemOf', 'parsePath', 'partsOf'],
  '../path.js': ['isDocument'],
  '../resource.js': ['type Resource'],
  '../evaluation/rows.js': ['guardOf', 'is', 'isAny', 'itemsIn', 'rowOf', 'type Row'],
  '../evaluation/steps.js': ['type Call'],
  '../condition/tests.js': ['isPresent'],
};

/**
 * The module with a function for each list of conditions.
 * @param lists `{ name, condition }` of each
 * @param combinations `{ name, permits, restricts }` of those that are asked together, by the names of their lists
 */
function codeOf(lists, combinations) {
  const writer = new Writer();
  const alone = lists.map((list) => writer.list(list));
  const functions = [...alone, ...combinations.map((one) => writer.combination(one))];
  const text = [
    'const own = Object.hasOwn;',
    ...Object.entries(writer.constants).map(([name, keys]) => listOf(name, keys)),
    ...[...writer.paths].map(([name, path]) => `const ${name} = ${path};`),
    '',
    [...writer.functions, ...functions].join('\n\n'),
    '',
    '/** The code of lists of conditions, by their names. */',
    'export const LISTS: Readonly<Record<string, Call>> = Object.freeze({',
    ...lists.map(({ name }) => `  ${name}: ${name}Alone,`),
    '});',
    '',
    '/** The code of lists that are asked together. */',
    'export const TOGETHER: Readonly<Record<string, PrincipalPredicate>> = Object.freeze({',
    ...combinations.map(({ name }) => `  ${name},`),
    '});',
    '',
  ].join('\n');
  return [
    '// Written by scripts/rules.mjs from the conditions of built-in-rules.ts, at each build. Do not edit.',
    ...Object.entries(IMPORTS).flatMap(([file, names]) => {
      const used = names.filter((name) => new RegExp(`\\b${name.replace('type ', '')}\\b`).test(text));
      const list = used.every((name) => name.startsWith('type '))
        ? `type { ${used.map((name) => name.replace('type ', '')).join(', ')} }`
        : `{ ${used.join(', ')} }`;
      return used.length === 0 ? [] : [`import ${list} from '${file}';`];
    }),
    '',
    text,
  ].join('\n');
}

/** The same for the module `built-in-rules`. */
const codeOfBuiltIn = ({ BUILT_IN, togetherOf }) =>
  codeOf(
    BUILT_IN.lists.map((list) => ({ name: list.name, condition: togetherOf(list) })),
    BUILT_IN.combinations,
  );

module.exports = { codeOfBuiltIn };
