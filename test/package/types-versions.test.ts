import { read } from '../surface/sources';

const { exports: doors, typesVersions } = JSON.parse(read('package.json')) as {
  readonly exports: Readonly<Record<string, string | { readonly require: { readonly types: string } }>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
};

test('TypeScript finds the types of every subpath without reading exports', () => {
  const below = Object.entries(doors).flatMap(([name, door]) =>
    name === '.' || typeof door === 'string' ? [] : [[name.slice('./'.length), [door.require.types]]],
  );
  expect(typesVersions['*']).toEqual(Object.fromEntries(below));
});
