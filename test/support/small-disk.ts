import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, which can be filled up. */
export class SmallDisk {
  readonly at: string;
  readonly folder: string;
  private readonly ballast: string;

  private constructor(at: string) {
    this.at = at;
    this.folder = join(at, 'store');
    this.ballast = join(at, 'ballast');
  }

  /** Undefined where none can be mounted. */
  static mount(megabytes: number): SmallDisk | undefined {
    const at = mkdtempSync(join(tmpdir(), 'guard-disk-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at]).status === 0)
      return new SmallDisk(at);
    rmSync(at, { recursive: true });
    return undefined;
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.at);
    return bavail * bsize;
  }

  /** Fills it up to so many bytes. */
  fill(left: number): void {
    writeFileSync(this.ballast, Buffer.alloc(Math.max(this.free - left, 0)));
  }

  release(): void {
    rmSync(this.ballast, { force: true });
  }

  grow(megabytes: number): void {
    spawnSync('mount', ['-o', `remount,size=${megabytes}m`, this.at]);
  }

  /** Takes effect only while nobody has a file of it open. */
  setReadOnly(isReadOnly: boolean): void {
    const done = spawnSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.at]);
    if (done.status !== 0) throw new Error(String(done.stderr));
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.at]);
    rmSync(this.at, { recursive: true, force: true });
  }
}

/** Tests that need one; skipped with a visible line where none can be mounted. */
export function onSmallDisk(title: string, megabytes: number, tests: (disk: () => SmallDisk) => void): void {
  const probe = SmallDisk.mount(1);
  probe?.unmount();
  if (probe === undefined) {
    process.stderr.write(`skipped: ${title}: no file system can be mounted here\n`);
    test.skip(`${title}: no file system can be mounted here`, () => undefined);
    return;
  }
  describe(title, () => {
    let disk: SmallDisk;
    beforeEach(() => (disk = SmallDisk.mount(megabytes) as SmallDisk));
    afterEach(() => disk.unmount());
    tests(() => disk);
  });
}
