import { Agent, request } from 'node:http';

/** A client that keeps its connection, as programs do; each call resolves to the text of an answer with status 200. */
export function createClient(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (path, headers, body) =>
    new Promise((resolve, reject) => {
      const all = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      };
      const sent = request(
        { host: '127.0.0.1', port, path, method: 'GET', headers: all, agent },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`${path} answered ${response.statusCode}: ${text}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return { call, close: () => agent.destroy() };
}
