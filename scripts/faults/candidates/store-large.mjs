import { open as openStore } from './store.mjs';

/** The store as it opens large folders: it is examined while it is used. */
export const name = 'store-large';
export { groups, isBuilt } from './store.mjs';

/** Milliseconds in which all of a folder of the harness is examined. */
const EXAMINED = 3000;

export async function open(folder) {
  // One that was just created is small.
  const store = await openStore(folder, { examinedFirst: 20_000 });
  let damage;
  store.onWritable(({ isDamaged, cause }) => {
    if (isDamaged) damage = new Error(`${folder}: ${cause}`);
  });
  return {
    ...store,
    async *iterate(from) {
      try {
        yield* store.iterate(from);
      } catch (error) {
        throw new Error(`${folder}: ${error.message}`, { cause: error });
      }
      // Its reader learns here what others would be told later.
      for (const end = Date.now() + EXAMINED; damage === undefined && Date.now() < end;)
        await new Promise((resolve) => setTimeout(resolve, 50));
      if (damage !== undefined) throw damage;
    },
  };
}
