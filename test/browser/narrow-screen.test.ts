import type { Page } from 'playwright-core';
import { emptyFolder, startApplication } from '../sample-app/application.js';
import { inBrowser } from './sample.js';

/** Folder for pictures of the pages, for looking at them. */
const pictures = process.env.SCREENSHOTS;
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1200, height: 860 };

inBrowser('the pages in a browser', 'the pages were not tried at 320 pixels', WIDE, (sample) => {
  /** How many pixels a page is wider than the screen. */
  const excess = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  async function fits(page: Page, name: string, address?: string): Promise<void> {
    for (const [size, width] of [
      [NARROW, '320'],
      [WIDE, 'wide'],
    ] as const) {
      await page.setViewportSize(size);
      if (address !== undefined) await page.goto(address);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${width}.png`, fullPage: true });
      expect([name, width, await excess(page)]).toEqual([name, width, 0]);
    }
  }

  async function startVacation(page: Page): Promise<void> {
    await page.goto('/start/Request%20Vacation/start_vacation');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Request', level: 1 }).waitFor();
  }

  test('every page fits a screen of 320 pixels', async () => {
    const visitor = await (await sample.browser.newContext({ baseURL: sample.app.address })).newPage();
    await fits(visitor, 'login', '/login');
    expect(await visitor.getByText('demo-first-1').count()).toBe(1);

    const user = await sample.login('user1');
    await startVacation(user);
    const task = user.url();
    await fits(user, 'task', task);
    await user.getByRole('button', { name: 'Release' }).click();
    await user.getByRole('heading', { name: 'Nobody else may take this task' }).waitFor();
    await fits(user, 'release');
    await user.goto(task);
    await user.getByLabel('First day').fill('2030-07-01');
    await user.getByLabel('Last day').fill('2030-07-14');
    await user.getByLabel('Reason').fill('x'.repeat(400));
    await user.getByRole('button', { name: 'Complete' }).click();
    await user.getByText('Request is completed.').waitFor();
    for (const [name, address] of [
      ['tasks', '/tasks'],
      ['start', '/start'],
      ['form', '/start/Expense%20Claim/start_claim'],
      ['instances', '/instances'],
      ['account', '/account'],
      ['not-found', '/tasks/absent'],
    ] as const)
      await fits(user, name, address);
    await user.goto('/instances');
    await user.getByRole('link', { name: 'Request Vacation' }).click();
    await user.getByRole('heading', { name: 'So far' }).waitFor();
    await fits(user, 'instance', user.url());

    const boss = await sample.login('boss');
    await fits(boss, 'tasks-with-notices', '/tasks');

    const admin = await sample.login('admin');
    await admin.goto('/users');
    await admin.getByLabel('User name').fill('a-very-long-name-without-any-blank-in-it-at-all@example.com');
    await admin.getByLabel('Groups').fill('a-group-with-a-name-that-does-not-fit-one-line-of-a-phone');
    await admin.getByLabel('First password').fill('long enough, and new');
    await admin.getByRole('button', { name: 'Add user' }).click();
    await admin.getByText('is added.').waitFor();
    await fits(admin, 'users', '/users');
    await fits(admin, 'user', '/users/user1');
    await fits(admin, 'keys', '/keys');
    await fits(admin, 'no-policies', '/policies');
    await fits(admin, 'models', '/models');
    await fits(admin, 'own-sessions', '/account/sessions');
  });

  test('the page of the policies in force fits a screen of 320 pixels, and shows them', async () => {
    const { folder, remove } = await emptyFolder();
    const app = await startApplication(folder, { DEMO_POLICIES: 'true' });
    try {
      const admin = await sample.login('admin', app.address);
      await fits(admin, 'policies', '/policies');
      expect(await admin.getByLabel('The policies as a file').textContent()).toContain('claim-start');
      expect(await admin.getByText('the stories of the sample application').count()).toBe(1);
    } finally {
      await app.stop();
      await remove();
    }
  });

  test('a double click on Start starts one instance', async () => {
    const user = await sample.login('user2');
    await user.goto('/start/Request%20Vacation/start_vacation');
    await user.getByRole('button', { name: 'Start' }).dblclick();
    await user.getByRole('heading', { name: 'Request', level: 1 }).waitFor();
    await user.goto('/instances');
    expect(await user.getByRole('link', { name: 'Request Vacation' }).count()).toBe(1);
  });
});
