import { OPERATIONS } from 'bpmn-guard';
import { MANIFEST } from '../../../src/engine/enforcement/manifest.js';

test.each(Object.entries(MANIFEST))(
  'each member of %s is covered in one way, which is said',
  (_host, members) => {
    for (const [name, coverage] of Object.entries(members)) {
      const { operation, finds, ...others } = coverage as Record<string, string>;
      const said = operation === undefined ? Object.entries(others) : [['finds', finds]];
      expect([name, said.length]).toEqual([name, 1]);
      const [[way, words] = []] = said;
      expect(['finds', 'open', 'refused', 'part', 'absent']).toContain(way);
      expect([name, words?.trim()]).not.toEqual([name, '']);
      if (operation !== undefined) expect(Object.keys(OPERATIONS)).toContain(operation);
      if (way === 'part') expect(Object.keys(MANIFEST)).toContain(words);
    }
  },
);
