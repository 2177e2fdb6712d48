import type { ApiKeys } from 'bpmn-guard';

/** A key that was made an hour ago, and expired a second later. */
export async function expiredKey(
  keys: ApiKeys,
  name: string,
  options: Parameters<ApiKeys['create']>[1] = {},
): ReturnType<ApiKeys['create']> {
  const then = Date.now() - 3_600_000;
  const clock = jest.spyOn(Date, 'now').mockReturnValue(then);
  try {
    return await keys.create(name, { ...options, expires: new Date(then + 1000) });
  } finally {
    clock.mockRestore();
  }
}
