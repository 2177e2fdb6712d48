import type { Browser, Page } from 'playwright-core';
import { type Application, emptyFolder, startApplication } from '../sample-app/application.js';
import { demoPassword } from '../sample-app/demo-password.js';
import { chromiumPath, launch } from './chromium.js';

/** The sample application in a browser, while its tests run. */
export interface Sample {
  /** A page of somebody who has signed in, in a browser profile of its own. @param address of another application */
  login(userName: string, address?: string): Promise<Page>;
  readonly app: Application;
  readonly browser: Browser;
}

/**
 * Tests of the sample application in Chromium; skipped with one visible line where there is none, but not in CI.
 * @param untried what is not tried then
 * @param viewport of the pages of those who sign in
 */
export function inBrowser(
  title: string,
  untried: string,
  viewport: { width: number; height: number },
  tests: (sample: Sample) => void,
): void {
  const executable = chromiumPath();
  if (executable === undefined && process.env.CI !== 'true') {
    const missing = `Chromium was not found (CHROMIUM_PATH): ${untried}`;
    process.stderr.write(`SKIPPED: ${missing}\n`);
    test.skip(missing, () => {});
    return;
  }
  describe(title, () => {
    let app: Application;
    let browser: Browser;
    let remove: () => Promise<void>;

    beforeAll(async () => {
      if (executable === undefined) throw new Error('Chromium was not found; set CHROMIUM_PATH.');
      const place = await emptyFolder();
      remove = place.remove;
      [app, browser] = await Promise.all([startApplication(place.folder), launch(executable)]);
    });
    afterAll(async () => {
      await browser?.close();
      await app?.stop();
      await remove?.();
    });

    tests({
      get app() {
        return app;
      },
      get browser() {
        return browser;
      },
      async login(userName, baseURL = app.address) {
        const context = await browser.newContext({ baseURL, viewport });
        const page = await context.newPage();
        await page.goto('/');
        await page.getByLabel('User name').fill(userName);
        await page.getByLabel('Password').fill(demoPassword(userName));
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor();
        return page;
      },
    });
  });
}
