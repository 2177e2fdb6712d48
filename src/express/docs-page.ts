import { JSON_TYPE, sendText } from './answer.js';
import { SCRIPT } from './docs-script.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { openApi } from './openapi.js';
import { sendError } from './problem.js';
import { BadInput } from '../core/errors.js';
import type { Route } from './routes/route.js';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HTTP API</title>
<link rel="stylesheet" href="docs.css">
<script src="docs.js" defer></script>
</head>
<body>
<header>
<h1>HTTP API</h1>
<p id="about">Loading the description…</p>
<p><label>API key <input id="key" type="password" autocomplete="off" spellcheck="false"></label>
<label>or bearer token <input id="token" type="password" autocomplete="off" spellcheck="false"></label>
<small>Kept in this page only, gone when it is left.</small></p>
</header>
<main id="operations"></main>
<noscript>
<p>This page needs scripts. The description itself is at <a href="openapi.json">openapi.json</a>.</p>
</noscript>
</body>
</html>
`;

const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
label { display: block; margin: .5rem 0; }
header label { display: inline-block; margin-right: 1rem; }
input, textarea, button { font: inherit; padding: .3rem .5rem; }
textarea, .field input { box-sizing: border-box; display: block; width: 100%; font-family: ui-monospace, monospace; }
details { border: 1px solid GrayText; border-radius: .3rem; margin: .3rem 0; padding: .3rem .6rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary code { font-weight: 600; }
.method { display: inline-block; min-width: 4.5rem; }
pre { max-height: 30rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  border-top: 1px solid GrayText; padding-top: .5rem; }
`;

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src" +
  " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HTML = { 'Content-Security-Policy': CSP, 'Referrer-Policy': 'no-referrer' };

/**
 * Serves the OpenAPI document and a page to try it. The returned function is true for requests that it has
 * answered.
 */
export function documentPages(
  routes: readonly Route[],
): (req: HttpRequest, res: HttpResponse, path: string) => boolean {
  const document = JSON.stringify(openApi(routes));
  const files = new Map([
    ['/openapi.json', { text: document, type: JSON_TYPE }],
    ['/docs', { text: PAGE, type: 'text/html; charset=utf-8' }],
    ['/docs.js', { text: SCRIPT, type: 'text/javascript; charset=utf-8' }],
    ['/docs.css', { text: STYLE, type: 'text/css; charset=utf-8' }],
  ]);
  return function serve(req, res, path) {
    const file = files.get(path);
    if (file === undefined) return false;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD, OPTIONS');
      if (req.method === 'OPTIONS') res.writeHead(204).end();
      else
        sendError(
          req,
          res,
          new BadInput('method-not-allowed', 'This path accepts GET, HEAD, OPTIONS.'),
          'http',
        );
      return true;
    }
    // The page refers to its files relatively, so that it works below any mount path and behind any proxy.
    if ((req.url ?? '').split('?', 1)[0]?.endsWith('/') === true)
      sendText(req, res, 308, '', file.type, { Location: `..${path}` });
    else sendText(req, res, 200, file.text, file.type, HTML);
    return true;
  };
}
