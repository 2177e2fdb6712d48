import { bpmn, checkHost } from '../../../src/engine/model/host.js';
import { read } from '../../surface/sources.js';

const installed = (version: string) => jest.spyOn(bpmn.BPMNServer, 'getVersion').mockReturnValue(version);
afterEach(() => jest.restoreAllMocks());

test('the bpmn-server that is installed here is supported', () => {
  expect(() => checkHost()).not.toThrow();
});

test.each(['2.3.8', '2.3.9', '2.3.100'])('bpmn-server %s is supported', (version) => {
  installed(version);
  expect(() => checkHost()).not.toThrow();
});

test.each(['2.3.7', '2.2.23', '1.9.9', '2.4.0', '2.4.1', '3.0.0', '2.3.8-beta.1', '2.4', 'unknown', ''])(
  'bpmn-server %j is refused, and the message names the range',
  (version) => {
    installed(version);
    expect(() => checkHost()).toThrow(
      expect.objectContaining({
        code: 'unsupported-host',
        message: expect.stringContaining('2.3.8 up to, but not including, 2.4.0') as string,
      }),
    );
  },
);

test('a version outside the range is accepted when exactly that version is named', () => {
  installed('2.4.1');
  expect(() => checkHost('2.4.1')).not.toThrow();
  expect(() => checkHost('2.4.0')).toThrow('bpmn-server 2.4.1 is installed');
});

test('package.json and the README name the range that is checked', () => {
  const { peerDependencies } = JSON.parse(read('package.json')) as {
    peerDependencies: Readonly<Record<string, string>>;
  };
  const [from, below] = ['2.3.8', '2.4'];
  installed('1.0.0');
  expect(() => checkHost()).toThrow(`versions are ${from} up to, but not including, ${below}.0.`);
  expect(peerDependencies['bpmn-server']).toBe(`>=${from} <${below}`);
  expect(read('README.md')).toContain(`bpmn-server ${from} up to, not including, ${below}`);
});
