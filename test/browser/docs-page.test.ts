import { type Browser } from 'playwright-core';
import { Application } from '../http/application.js';
import { chromiumPath, launch } from './chromium.js';

const executable = chromiumPath();

if (executable === undefined && process.env.CI !== 'true') {
  const missing =
    'Chromium was not found (CHROMIUM_PATH): the page that tries the API was not looked at in a browser';
  process.stderr.write(`SKIPPED: ${missing}\n`);
  test.skip(missing, () => undefined);
} else {
  describe('the documentation page, in a browser', () => {
    const app = new Application({ dialect: 'http', mount: '/workflow' });
    let browser: Browser;
    beforeAll(async () => {
      if (executable === undefined) throw new Error('Chromium was not found; set CHROMIUM_PATH.');
      await app.start();
      browser = await launch(executable);
    });
    afterAll(async () => {
      await browser?.close();
      await app.stop();
    });

    test('lists the operations, takes a key and inputs, and shows the answers', async () => {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on(
        'console',
        (message) =>
          void (
            message.type() === 'error' &&
            !/status of 4\d\d/.test(message.text()) &&
            problems.push(message.text())
          ),
      );
      await page.goto(`http://127.0.0.1:${app.port}/workflow/docs/`);
      expect(page.url()).toMatch(/\/workflow\/docs$/);

      const open = async (id: string) => {
        const section = page.locator(`[id="${id}"]`);
        await section.locator('summary').click();
        return section;
      };
      const list = await open('definitions.list');
      await list.getByRole('button', { name: 'Send' }).click();
      await list.getByText('401 Unauthorized').waitFor();
      await page.getByLabel('API key').fill(app.keys.trusted);
      await list.getByRole('button', { name: 'Send' }).click();
      await list.getByText('Request Vacation').waitFor();

      const load = await open('definitions.load.name');
      await load.getByLabel(/^name/).fill('Request Vacation');
      await load.getByRole('button', { name: 'Send' }).click();
      await load.getByText('<?xml').waitFor();

      const start = await open('engine.start');
      await start.getByLabel('Body').fill(JSON.stringify({ name: 'review', userId: 'alice' }));
      await start.getByRole('button', { name: 'Send' }).click();
      await start.getByText('"startedBy": "alice"').waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });
  });
}
