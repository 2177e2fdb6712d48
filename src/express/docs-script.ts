/** The script of the API page: it reads the OpenAPI document and creates a form for each operation. */
export const SCRIPT = `'use strict';
const at = (id) => document.getElementById(id);

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function example(schema) {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.anyOf) return null;
  if (type === 'array') return [];
  if (type === 'string') return '';
  return type === 'number' || type === 'integer' ? 0 : type === 'boolean' ? false : {};
}

function bodyOf(schema) {
  const isRequired = (name) => schema.required.includes(name);
  const fields = Object.entries(schema.properties)
    .filter(([name]) => isRequired(name) || !['userId', 'userName', 'user'].includes(name));
  const values = fields.map(([name, field]) => [name, isRequired(name) ? example(field) : null]);
  return JSON.stringify(Object.fromEntries(values), null, 2);
}

function credentials() {
  const headers = {};
  if (at('key').value) headers['x-api-key'] = at('key').value;
  if (at('token').value) headers.authorization = 'Bearer ' + at('token').value;
  return headers;
}

async function send(method, path, inputs, body, files, shown) {
  let address = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of inputs) {
    if (input.value === '' && parameter.in === 'query') continue;
    if (parameter.in === 'path') address = address.replace('{' + parameter.name + '}', encodeURIComponent(input.value));
    else query.set(parameter.name, input.value);
  }
  const headers = credentials();
  const request = { method, headers };
  if (body) {
    headers['content-type'] = 'application/json';
    request.body = body.value;
  }
  if (files) {
    request.body = new FormData();
    for (const file of files.files) request.body.append('file', file);
  }
  const text = query.toString();
  shown.textContent = 'Sent…';
  try {
    const response = await fetch(address.slice(1) + (text ? '?' + text : ''), request);
    const answer = await response.text();
    let pretty = answer;
    try {
      pretty = JSON.stringify(JSON.parse(answer), null, 2);
    } catch {
      // Not JSON: shown as it came.
    }
    shown.textContent = response.status + ' ' + response.statusText + '\\n\\n' + pretty;
  } catch (error) {
    shown.textContent = 'Not sent: ' + error.message;
  }
}

function form(method, path, operation) {
  const inputs = operation.parameters.map((parameter) => ({
    parameter,
    input: element('input', { required: parameter.required, placeholder: parameter.content ? 'JSON' : '' }),
  }));
  const content = operation.requestBody ? operation.requestBody.content : {};
  const json = content['application/json'];
  const body = json ? element('textarea', { rows: 8, spellcheck: false, value: bodyOf(json.schema) }) : undefined;
  const files = content['multipart/form-data'] ? element('input', { type: 'file', multiple: true }) : undefined;
  const shown = element('pre', { tabIndex: 0 });
  shown.setAttribute('role', 'status');
  const label = (text, input) => element('label', { className: 'field' }, text, input);
  const labels = inputs.map(({ parameter, input }) => label(parameter.name + ': ' + parameter.description, input));
  const made = element('form', {}, ...labels);
  if (body) made.append(label('Body', body));
  if (files) made.append(label('The BPMN document and, if wanted, its picture', files));
  made.append(element('button', {}, 'Send'), shown);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    send(method, path, inputs, body, files, shown);
  });
  return made;
}

function section(path, method, operation) {
  const shown = [element('span', { className: 'method' }, method), element('code', {}, path)];
  const title = element('summary', {}, ...shown, ' ' + operation.summary);
  const made = element('details', { id: operation.operationId }, title, element('p', {}, operation.description));
  made.addEventListener('toggle', () => made.querySelector('form') || made.append(form(method, path, operation)));
  return made;
}

async function show() {
  const description = await (await fetch('openapi.json')).json();
  at('about').textContent = description.info.description;
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods))
      at('operations').append(section(path, method.toUpperCase(), operation));
  }
}

show().catch((error) => {
  at('about').textContent = 'The description could not be loaded: ' + error.message;
});
`;
