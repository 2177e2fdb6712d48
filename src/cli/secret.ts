import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { UsageError, type Io } from './io.js';

const LONGEST = 8192;

/** The first line piped in. */
async function piped(stdin: Io['stdin']): Promise<string> {
  // A character may arrive in two pieces.
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of stdin as AsyncIterable<string | Buffer>) {
    text += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    if (text.length > LONGEST) throw new UsageError('The input is too long for a password');
    if (text.includes('\n')) break;
  }
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}

/** Asks without echoing the input. */
function ask(io: Io, question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.stdin, output: silent, terminal: true });
  io.err(question);
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => reject(new UsageError('No password was given')));
    lines.question('', (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

/**
 * Reads a password: from the terminal, asked for twice, or the first line piped in. Never an argument, which other
 * users of the machine can see.
 * @throws UsageError if there is none, or the two differ
 */
export async function readPassword(io: Io): Promise<string> {
  if (io.stdin.isTTY !== true) {
    const password = await piped(io.stdin);
    if (password === '') throw new UsageError('No password: pipe it in, or call this in a terminal');
    return password;
  }
  const first = await ask(io, 'Password:');
  if ((await ask(io, 'Again:')) !== first) throw new UsageError('The two passwords differ');
  return first;
}
