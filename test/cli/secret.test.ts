import { PassThrough, Readable } from 'node:stream';
import { readPassword } from '../../src/cli/secret.js';
import { UsageError, type Io } from '../../src/cli/io.js';

const io = (stdin: Io['stdin'], err: (line: string) => void = () => undefined): Io => ({
  stdin,
  handOver: () => Promise.resolve(),
  out: () => undefined,
  err,
  onInterrupt: () => ({ signal: new AbortController().signal, done: () => undefined }),
});

/** A terminal at which somebody types an answer to each question. */
function terminal(answers: string[]): { io: Io; shown: string[] } {
  const stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  stdin.isTTY = true;
  const shown: string[] = [];
  const asked = (line: string): void => {
    shown.push(line);
    setImmediate(() => stdin.write(answers.shift() ?? ''));
  };
  return { io: io(stdin, asked), shown };
}

test('at a terminal a secret is asked for twice and not echoed', async () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { io: at, shown } = terminal(['correct horse\n', 'correct horse\n']);
  expect(await readPassword(at)).toBe('correct horse');
  expect(shown).toEqual(['Password:', 'Again:']);
  expect(write.mock.calls.flat().join('')).not.toContain('correct');
  write.mockRestore();
});

test('a character split between two chunks is read as one', async () => {
  const bytes = Buffer.from('pässwörter\n');
  expect(await readPassword(io(Readable.from([bytes.subarray(0, 2), bytes.subarray(2)])))).toBe('pässwörter');
});

test('two different entries are refused', async () => {
  await expect(readPassword(terminal(['correct horse\n', 'correct hose\n']).io)).rejects.toThrow(
    new UsageError('The two passwords differ'),
  );
});

test('an interruption yields no password', async () => {
  await expect(readPassword(terminal(['\u0003']).io)).rejects.toThrow(
    new UsageError('No password was given'),
  );
});

test.each([
  [['secret pass\nmore\n'], 'secret pass'],
  [['secret ', 'pass\r\n'], 'secret pass'],
  [['  spaces count  '], '  spaces count  '],
])('piped in as %j, it is the first line', async (chunks, password) => {
  expect(await readPassword(io(Readable.from(chunks)))).toBe(password);
});

test.each([[[]], [['\n']], [['x'.repeat(9000)]]])('piped in as %j it is refused', async (chunks) => {
  await expect(readPassword(io(Readable.from(chunks)))).rejects.toThrow(UsageError);
});
