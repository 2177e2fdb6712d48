// What clients see of refusals in async routes that are mounted before `authenticate`; says one JSON text a line.
import { createRequire } from 'node:module';
import { createServer, request } from 'node:http';
import { createGuard } from 'bpmn-guard';

console.log = () => undefined;
const { module } = JSON.parse(process.argv[2]);
const log = [];
const note = (message, { code, answered } = {}) => log.push({ message, code, answered });
const guard = await createGuard({
  env: {},
  store: { memory: true },
  configuration: {},
  logger: { info: note, warn: note, error: note },
});
const refused = () => guard.server.engine.start('nothing');

function application() {
  if (module === 'node:http') return (_req, _res) => void refused();
  const express = createRequire(import.meta.url)(module);
  const app = express();
  const router = express.Router();
  router.get('/inner', async () => void (await refused()));
  app.get('/early', async () => void (await refused()));
  app.use('/router', router);
  app.use(guard.authenticate({ toPrincipal: () => undefined }));
  app.get('/late', async () => void (await refused()));
  app.use(guard.errorHandler());
  return app;
}

const server = createServer(application());
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const get = (path) =>
  new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', path, headers: { accept: 'application/json' } },
      (res) => {
        res.resume().on('end', () => resolve(res.statusCode));
      },
    );
    sent.on('error', reject).end();
  });

for (const path of ['/early', '/router/inner', '/late', '/early']) {
  const status = await get(path);
  process.stdout.write(`${JSON.stringify({ path, status, log: log.splice(0) })}\n`);
}
await new Promise((resolve) => server.close(resolve));
await guard.close();
