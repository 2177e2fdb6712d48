import type { Page } from 'playwright-core';
import { inBrowser } from './sample.js';

/** Folder for pictures of the pages, for looking at them. */
const pictures = process.env.SCREENSHOTS;

inBrowser(
  'in a browser',
  'the sample application was not tried in a browser',
  { width: 1200, height: 860 },
  ({ login }) => {
    async function picture(page: Page, name: string): Promise<void> {
      if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
    }

    async function statusOf(page: Page, address: string): Promise<number | undefined> {
      return (await page.goto(address))?.status();
    }

    test('vacation is requested, hidden from a colleague, approved by the supervisor, and the requester sees it', async () => {
      const requester = await login('user1');
      await picture(requester, '1-no-tasks');
      await requester.getByRole('link', { name: 'Start a process' }).click();
      await picture(requester, '2-start');
      await requester.getByRole('link', { name: 'Start Request Vacation' }).click();
      await requester.getByRole('button', { name: 'Start' }).click();
      await requester.getByRole('heading', { name: 'Request', level: 1 }).waitFor();
      const task = new URL(requester.url()).pathname;
      const instance = await requester
        .getByRole('link', { name: 'Show the whole instance' })
        .getAttribute('href');
      await picture(requester, '3-request');

      const colleague = await login('user2');
      expect(await colleague.getByText('Request Vacation').count()).toBe(0);
      expect(await statusOf(colleague, task)).toBe(404);
      const hidden = await colleague.getByRole('main').innerText();
      await picture(colleague, '4-not-found');
      expect(await statusOf(colleague, instance!)).toBe(404);
      expect(await statusOf(colleague, '/tasks/absent')).toBe(404);
      expect(await colleague.getByRole('main').innerText()).toBe(hidden);
      await colleague.goto('/instances');
      expect(await colleague.getByText('Request Vacation').count()).toBe(0);

      await requester.getByLabel('First day').fill('2030-07-01');
      await requester.getByLabel('Last day').fill('2030-07-14');
      await requester.getByLabel('Reason').fill('<b>Sea</b> & sun');
      await requester.getByRole('button', { name: 'Complete' }).click();
      await requester.getByText('Request is completed.').waitFor();
      expect(await statusOf(colleague, task)).toBe(404);

      const supervisor = await login('boss');
      await supervisor.getByText('user1 asks for vacation from 2030-07-01 to 2030-07-14.').waitFor();
      await picture(supervisor, '5-pending');
      await supervisor.getByRole('link', { name: 'Approve', exact: true }).click();
      await supervisor.getByText('<b>Sea</b> & sun').waitFor();
      const approve = new URL(supervisor.url()).pathname;
      expect(await supervisor.getByRole('row', { name: /^Complete/ }).innerText()).toContain(
        'assigned to you',
      );
      await picture(supervisor, '6-approve');
      expect(await statusOf(colleague, approve)).toBe(404);
      expect(await statusOf(requester, approve)).toBe(404);

      await supervisor.getByLabel('Yes').check();
      await supervisor.getByLabel('Comment').fill('Enjoy!');
      await supervisor.getByRole('button', { name: 'Complete' }).click();
      await supervisor.getByText('Approve is completed.').waitFor();

      await requester.goto('/instances');
      await picture(requester, '7-instances');
      await requester.getByRole('link', { name: 'Request Vacation' }).click();
      await requester.getByRole('heading', { name: 'Outcome' }).waitFor();
      expect(await requester.getByRole('main').innerText()).toMatch(/Approved\s+yes[\s\S]*Enjoy!/);
      await picture(requester, '8-outcome');
    });
  },
);
