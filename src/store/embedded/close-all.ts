/** Closes one part after the other, even if one fails: a file that stays open keeps its folder locked. */
export async function closeAll(...parts: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of parts)
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
