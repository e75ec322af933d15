// Opens the screens that have a help, with the demo's data, and takes their pictures.
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import type { helps } from '../../web/src/help/help-paths.ts'

type HelpName = keyof typeof helps

/** People who open the screens, each with the page and the purpose under which they sign in. */
export const viewers = {
  sari: { path: '/contacts', purpose: 'Laadun arviointi' },
  paula: { path: '/requests' },
  aino: { path: '/my-calls' },
  eero: { path: '/quality' },
  tiina: { path: '/training' },
  riitta: { path: '/request-decisions' },
  tuula: { path: '/disclosures' },
  outi: { path: '/alarms' },
  matti: { path: '/capture' },
  anssi: { path: '/people' },
  anneli: { path: '/rights' },
} as const

interface HelpScreen {
  as: keyof typeof viewers
  /** Path of the screen, or of one that leads to it. */
  path: string
  /** Selectors of the links and buttons that lead from there to the screen. */
  then?: readonly string[]
}

/** Screens whose helps have a picture. */
export const helpScreens: Partial<Record<HelpName, HelpScreen>> = {
  start: { as: 'sari', path: '/' },
  contacts: { as: 'sari', path: '/contacts' },
  contact: { as: 'sari', path: '/contacts?recorded=available', then: ['a[data-contact]'] },
  calls: { as: 'sari', path: '/calls' },
  'service-level': { as: 'sari', path: '/service-level?by=hour' },
  plan: { as: 'sari', path: '/plan' },
  requests: { as: 'paula', path: '/requests' },
  'request-new': { as: 'paula', path: '/requests/new' },
  request: { as: 'paula', path: '/requests', then: ['#content li a[href^="/requests/"], td a[href^="/requests/"]'] },
  'request-statistics': { as: 'paula', path: '/requests/statistics' },
  'contact-looks': {
    as: 'paula',
    path: '/requests',
    then: [
      '#content a:text-matches("^P-[0-9]+-4$")',
      '#step-calls button[aria-expanded=false]',
      '#content a[href^="/contacts/"]',
      '#content a[href$="/looks"]',
    ],
  },
  offices: { as: 'paula', path: '/offices' },
  office: { as: 'paula', path: '/offices', then: ['.office-cards a'] },
  appointments: { as: 'paula', path: '/appointments' },
  workstation: { as: 'paula', path: '/workstation' },
  'letter-templates': { as: 'paula', path: '/letter-templates' },
  'my-calls': { as: 'aino', path: '/my-calls' },
  'my-looks': { as: 'aino', path: '/my-calls/looks' },
  'my-evaluations': { as: 'aino', path: '/my-calls/evaluations' },
  'my-trainings': { as: 'aino', path: '/my-calls/trainings' },
  account: { as: 'aino', path: '/account' },
  quality: { as: 'eero', path: '/quality' },
  evaluation: { as: 'eero', path: '/quality', then: ['.card .button'] },
  'quality-plans': { as: 'eero', path: '/quality/plans' },
  'quality-forms': { as: 'eero', path: '/quality/forms' },
  'quality-form': { as: 'eero', path: '/quality/forms', then: ['.card a'] },
  calibrations: { as: 'eero', path: '/quality/calibrations' },
  'research-new': { as: 'eero', path: '/disclosures/research/new' },
  research: { as: 'eero', path: '/disclosures', then: ['a[href^="/disclosures/research/"]:not([href$="new"])'] },
  training: { as: 'tiina', path: '/training' },
  'training-collection': { as: 'tiina', path: '/training', then: ['a[href^="/training/collections/"]'] },
  'training-session': { as: 'tiina', path: '/training', then: ['a[href^="/training/sessions/"]'] },
  disclosures: { as: 'riitta', path: '/disclosures' },
  institutes: { as: 'riitta', path: '/disclosures/institutes' },
  'disclosure-log': { as: 'riitta', path: '/disclosures/log' },
  records: { as: 'riitta', path: '/records' },
  retention: { as: 'riitta', path: '/retention' },
  places: { as: 'riitta', path: '/retention/places' },
  holds: { as: 'riitta', path: '/retention/holds' },
  'authority-new': { as: 'tuula', path: '/disclosures/authority/new' },
  authority: { as: 'tuula', path: '/disclosures', then: ['a[href^="/disclosures/authority/"]:not([href$="new"])'] },
  alarms: { as: 'outi', path: '/alarms' },
  reviews: { as: 'outi', path: '/reviews' },
  review: { as: 'outi', path: '/reviews', then: ['a[href^="/reviews/"]'] },
  log: { as: 'outi', path: '/log' },
  capture: { as: 'matti', path: '/capture' },
  clients: { as: 'matti', path: '/capture/clients' },
  client: { as: 'matti', path: '/capture/clients', then: ['a[data-client]'] },
  nodes: { as: 'matti', path: '/capture/nodes' },
  flows: { as: 'matti', path: '/capture/flows' },
  flow: { as: 'matti', path: '/capture/flows', then: ['a[data-flow]'] },
  description: { as: 'anssi', path: '/description' },
  draft: { as: 'anssi', path: '/description', then: ['.page-head .button-primary'] },
  numbers: { as: 'anssi', path: '/numbers' },
  'numbers-import': { as: 'anssi', path: '/numbers/import' },
  people: { as: 'anssi', path: '/people' },
  'people-new': { as: 'anssi', path: '/people/new' },
  'people-import': { as: 'anssi', path: '/people/import' },
  person: { as: 'anssi', path: '/people', then: ['a[data-person]'] },
  rights: { as: 'anneli', path: '/rights' },
  'rights-new': { as: 'anneli', path: '/rights/new' },
  'rights-person': { as: 'anneli', path: '/rights', then: ['a[href^="/rights/people/"]'] },
}

/** Window of the pictures: wide enough for the navigation beside a table. */
export const pictureWindow = { width: 1200, height: 760 }
const folder = join(import.meta.dirname, '../../web/src/help/pictures')

/** Goes to a screen, waits for its content, and expects that the page offers the help of this route. */
export async function goToScreen(page: Page, { path, then = [] }: HelpScreen, route: string): Promise<void> {
  await page.goto(path)
  for (const link of then) await page.locator(link).first().click()
  await expect(page.locator('[data-help]')).toHaveAttribute('data-help', route)
  await page.locator('h1').waitFor()
  await page.waitForLoadState('networkidle')
  await expect(page.locator('.waiting')).toHaveCount(0)
}

/**
 * Takes the picture of a help: the page without header and navigation, as small WebP. Replaces the test's folder by that
 * of an installation.
 */
export async function takePicture(page: Page, name: string): Promise<void> {
  await page.evaluate(`for (const one of document.querySelectorAll('#content dd'))
    if (/^\\/\\S*seloste-tests/.test(one.textContent)) one.textContent = '/var/lib/seloste'`)
  const { x, y } = (await page.locator('.beside-navigation').boundingBox())!
  const clip = { x, y, width: pictureWindow.width - x, height: 616, scale: 0.7 }
  const devtools = await page.context().newCDPSession(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 55, clip })
  await devtools.detach()
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}
