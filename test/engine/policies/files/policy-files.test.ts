import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicyFiles } from '../../../../src/engine/policies/files/policy-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const mistakes = async (): Promise<string[]> =>
  (await readPolicyFiles([folder])).mistakes.map(({ file, message }) => `${file}: ${message}`);

const TABLE = 'id,effect,users,privilege,on\nr,Restrict,user eve,View,system\n';
const OPERATIONS = 'CANCEL_CASE=owner\n';
const FILES = [
  ['rules.csv', TABLE],
  ['Rules.CSV', TABLE],
  ['case-authorization.properties', OPERATIONS],
] as const;

test.each(FILES)(
  '%s is a mistake beside a file that names a tenant, before or after it',
  async (name, text) => {
    put(name, text);
    expect(await mistakes()).toEqual([]);
    for (const other of ['a.yaml', 'z.json']) {
      put(other, '{"tenant": "acme"}');
      expect(await mistakes()).toEqual([expect.stringContaining(`${name}: Other files name a tenant`)]);
      rmSync(join(folder, other));
    }
    put('a.yaml', 'duties: {}');
    expect(await mistakes()).toEqual([]);
  },
);
