// Lets a child process require the TypeScript sources, as the tests themselves do.
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const source =
    request.startsWith('.') &&
    request.endsWith('.js') &&
    path.resolve(path.dirname(parent.filename), request.replace(/\.js$/, '.ts'));
  return source && existsSync(source) ? source : resolve.call(this, request, parent, ...rest);
};
Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};
