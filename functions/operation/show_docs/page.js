// Draws /v1/openapi.json. Text goes in as text nodes only: nothing from the document becomes markup.
'use strict';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DEPTH_MAX = 6;
const TEXTS = { 'date-time': '2026-11-21T00:00:00Z', uuid: '019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11' };
let api = {};

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** `code` in backquotes, nothing else. */
function inline(text) {
  return text.split('`').map((part, index) => (index % 2 ? el('code', {}, part) : part));
}

/** Paragraphs and lists. */
function prose(text) {
  return (text || '').split(/\n{2,}/).filter((block) => block.trim()).map((block) => {
    const lines = block.split('\n');
    if (!lines.every((line) => /^\s*- /.test(line))) return el('p', {}, inline(block));
    return el('ul', {}, lines.map((line) => el('li', {}, inline(line.replace(/^\s*- /, '')))));
  });
}

function resolve(node) {
  let seen = 0;
  while (node && node.$ref && seen < DEPTH_MAX) {
    const found = node.$ref.replace('#/', '').split('/').reduce((at, key) => at && at[key], api);
    node = found;
    seen += 1;
  }
  return node || {};
}

function typeName(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop();
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type;
  if (schema.type === 'array') return `${typeName(schema.items || {})}[]`;
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return choices.map(typeName).join(' | ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  return [type || 'any', schema.format && `(${schema.format})`].filter(Boolean).join(' ');
}

function limits(schema) {
  const names = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern'];
  const parts = names.filter((name) => name in schema).map((name) => `${name} ${schema[name]}`);
  if ('default' in schema) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts.join(' · ');
}

/** All parts of an `allOf` as one object. */
function flat(schema) {
  const own = resolve(schema);
  const parts = (own.allOf || []).map(flat);
  const properties = Object.assign({}, ...parts.map((part) => part.properties), own.properties);
  const required = [...(own.required || []), ...parts.flatMap((part) => part.required || [])];
  return { ...own, properties, required };
}

function row(name, schema, required, description, depth) {
  const whole = resolve(schema);
  const label = el('code', {}, '\u00a0'.repeat(depth * 3) + name);
  const must = required ? el('span', { class: 'must', title: 'required' }, ' *') : null;
  const note = description || schema.description || whole.description;
  return el('tr', {},
    el('td', {}, label, must),
    el('td', {}, el('code', {}, typeName(schema)), ' ',
      el('span', { class: 'quiet' }, limits(whole)), prose(note)));
}

/** One row per field, nested ones indented. */
function fields(schema, depth, seen) {
  const whole = flat(schema);
  if (whole.type === 'array' && whole.items) return fields(whole.items, depth, seen);
  return Object.entries(whole.properties || {}).flatMap(([name, field]) => {
    const inner = field.items || (field.oneOf || []).find((part) => part.$ref) || field;
    const ref = inner.$ref;
    const deeper = depth < DEPTH_MAX && !(ref && seen.includes(ref));
    const rows = deeper ? fields(inner, depth + 1, ref ? [...seen, ref] : seen) : [];
    return [row(name, field, whole.required.includes(name), null, depth), ...rows];
  });
}

function example(schema, depth = 0) {
  const whole = flat(schema);
  if ('example' in whole) return whole.example;
  if (whole.examples && whole.examples.length) return whole.examples[0];
  if ('default' in whole) return whole.default;
  if (whole.enum) return whole.enum[0];
  const choice = (whole.oneOf || whole.anyOf || []).find((part) => part.type !== 'null');
  if (choice) return example(choice, depth + 1);
  const type = Array.isArray(whole.type) ? whole.type[0] : whole.type;
  if (type === 'array') return depth > DEPTH_MAX ? [] : [example(whole.items || {}, depth + 1)];
  if (type === 'integer' || type === 'number') return whole.minimum || 0;
  if (type === 'boolean') return false;
  if (type === 'string') return TEXTS[whole.format] || 'string';
  const entries = depth > DEPTH_MAX ? [] : Object.entries(whole.properties);
  return Object.fromEntries(entries.map(([key, field]) => [key, example(field, depth + 1)]));
}

function exampleOf(content) {
  if (!content) return undefined;
  if ('example' in content) return content.example;
  const named = Object.values(content.examples || {})[0];
  if (named) return resolve(named).value;
  return content.schema ? example(content.schema) : undefined;
}

function pretty(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function copyable(text) {
  const button = el('button', { type: 'button' }, 'copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = '✓';
    setTimeout(() => { button.textContent = 'copy'; }, 1200);
  });
  return el('div', { class: 'with-copy' }, el('pre', {}, text), button);
}

function sample(parameter) {
  const value = parameter.example ?? example(parameter.schema || {});
  return value === 'string' ? `{${parameter.name}}` : String(value);
}

function curl(method, path, operation) {
  const parameters = (operation.parameters || []).map(resolve);
  const filled = parameters.filter((parameter) => parameter.in === 'path').reduce(
    (at, parameter) => at.replace(`{${parameter.name}}`, sample(parameter)), path);
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
    .map((parameter) => `${parameter.name}=${encodeURIComponent(sample(parameter))}`).join('&');
  const lines = [`curl -i${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} `
    + `'${location.origin}${filled}${query && `?${query}`}'`];
  if (operation['x-access'] !== 'public') lines.push("-H 'Authorization: Bearer '\"$TOKEN\"");
  for (const parameter of parameters) {
    if (parameter.in !== 'header' || !parameter.required) continue;
    const fresh = parameter.name === 'Idempotency-Key';
    lines.push(`-H '${parameter.name}: '${fresh ? '"$(uuidgen)"' : `'${sample(parameter)}'`}`);
  }
  const body = resolve(operation.requestBody).content;
  if (body && body['application/json']) {
    const text = JSON.stringify(exampleOf(body['application/json'])).replaceAll("'", "'\\''");
    lines.push("-H 'Content-Type: application/json'", `-d '${text}'`);
  }
  return lines.join(' \\\n  ');
}

function drawContent(content) {
  return Object.entries(content || {}).flatMap(([type, raw]) => {
    const media = resolve(raw);
    const rows = media.schema ? fields(media.schema, 0, [media.schema.$ref]) : [];
    const shown = exampleOf(media);
    return [
      el('p', { class: 'quiet' }, el('code', {}, type), ' ',
        media.schema ? el('code', {}, typeName(media.schema)) : null),
      rows.length ? el('table', {}, rows) : null,
      shown === undefined ? null
        : el('details', {}, el('summary', { class: 'quiet' }, 'Example · 예시'), copyable(pretty(shown))),
    ];
  });
}

function drawResponses(operation) {
  const success = [];
  const problems = [];
  for (const [status, raw] of Object.entries(operation.responses || {})) {
    const response = resolve(raw);
    const media = (response.content || {})['application/problem+json'];
    if (!media) {
      const headers = Object.entries(response.headers || {}).map(([name, header]) => (
        row(name, resolve(header).schema || {}, false, resolve(header).description, 0)));
      success.push(el('h4', {}, status), prose(response.description),
        headers.length ? el('table', {}, headers) : null, drawContent(response.content));
      continue;
    }
    for (const code of Object.keys(resolve(media).examples || {})) {
      const shown = resolve(resolve(media).examples[code]);
      problems.push(el('tr', {},
        el('td', {}, el('code', {}, `${status} ${code}`)),
        el('td', {}, el('details', {}, el('summary', {}, shown.summary || code),
          el('pre', {}, pretty(shown.value))))));
    }
  }
  const table = problems.length ? [el('h4', {}, 'Problems · 오류'), el('table', {}, problems)] : [];
  return [...success, ...table];
}

function drawOperation(method, path, operation) {
  const parameters = (operation.parameters || []).map(resolve);
  const rows = parameters.map((parameter) => (
    row(`${parameter.name}`, { ...(parameter.schema || {}) }, parameter.required,
      `${parameter.in}. ${parameter.description || ''}`, 0)));
  const body = resolve(operation.requestBody);
  return el('article', { id: operation.operationId },
    el('div', { class: 'head' },
      el('span', { class: `method ${method}` }, method.toUpperCase()),
      el('code', {}, path),
      el('span', { class: 'badge' }, operation['x-access'] || 'public'),
      el('h3', {}, operation.summary || '')),
    el('div', { class: 'body' },
      prose(operation.description),
      rows.length ? [el('h4', {}, 'Parameters · 매개변수'), el('table', {}, rows)] : [],
      body.content ? [el('h4', {}, 'Body · 본문'), drawContent(body.content)].flat(2) : [],
      el('h4', {}, 'Try it · 호출'), copyable(curl(method, path, operation)),
      drawResponses(operation).flat(3)));
}

function operationsOf(tag) {
  return Object.entries(api.paths || {}).flatMap(([path, item]) => METHODS
    .filter((method) => item[method] && (item[method].tags || []).includes(tag))
    .map((method) => ({ method, path, operation: item[method] })));
}

function draw() {
  const main = document.getElementById('main');
  const index = document.getElementById('index');
  main.replaceChildren(...prose(api.info.description));
  for (const tag of api.tags || []) {
    const operations = operationsOf(tag.name);
    const group = el('section', {}, el('h2', {}, tag.name));
    for (const { method, path, operation } of operations) {
      group.append(el('a', { href: `#${operation.operationId}`, title: `${method} ${path}` },
        el('span', { class: `method ${method}` }, method.toUpperCase()), operation.summary || path));
    }
    index.append(group);
    main.append(el('h2', {}, tag.name), ...prose(tag.description),
      ...operations.map(({ method, path, operation }) => drawOperation(method, path, operation)));
  }
  document.getElementById('about').textContent = `${api.info.title} ${api.info.version} · API`;
}

function filter(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const link of document.querySelectorAll('nav a')) {
    const hidden = !`${link.title} ${link.textContent}`.toLowerCase().includes(wanted);
    link.hidden = hidden;
    const article = document.getElementById(link.hash.slice(1));
    if (article) article.hidden = hidden;
  }
}

async function start() {
  const answer = await fetch('/v1/openapi.json');
  api = await answer.json();
  draw();
  document.getElementById('filter').addEventListener('input', filter);
  if (location.hash) location.replace(location.hash);
}

start().catch((error) => {
  document.getElementById('main').replaceChildren(el('p', {}, `openapi.json: ${error}`));
});
