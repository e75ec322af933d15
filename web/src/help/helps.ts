/** Who may read which help: persons who may open the screen that it is about. */
import type { Me } from '../api/shapes.ts'
import {
  isSecurity,
  seesAuthorityDisclosures,
  listsResearch,
  opensResearch,
  preparesResearch,
} from '../disclosures/disclosure-shapes.ts'
import { reviewsRights } from '../rights/rights-shapes.ts'
import { purposesOf } from '../session/rights.ts'
import { administers, screenAbove, screensOf } from '../shell/screens.ts'
import { helps } from './help-paths.ts'

export type HelpName = keyof typeof helps
const names = Object.keys(helps) as HelpName[]

/** Who may open a screen, if not the same persons as the screen above it in the navigation. */
const openers: Partial<Record<HelpName, (me: Me) => boolean>> = {
  account: () => true,
  // A clerk of the Service Unit opens the calls of a request, and has no search.
  contact: (me) => purposesOf(me).length > 0,
  'contact-looks': (me) => purposesOf(me).some(({ purpose }) => purpose === 'INSPECTION'),
  institutes: listsResearch,
  'research-new': preparesResearch,
  research: opensResearch,
  anonymisation: preparesResearch,
  'anonymisation-check': preparesResearch,
  'anonymisation-report': opensResearch,
  'authority-new': isSecurity,
  authority: seesAuthorityDisclosures,
  'people-new': administers,
  'people-import': administers,
  'rights-review': reviewsRights,
}

/** Returns the help of a route. */
export function helpAt(path: string): HelpName | undefined {
  return names.find((name) => helps[name] === path)
}

/** Returns true if a person may open the screen that a help is about. */
export function mayOpen(me: Me, name: HelpName): boolean {
  return (openers[name] ?? screenAbove(helps[name])?.isFor ?? (() => false))(me)
}

/** Returns the helps of the screens that a person may open, by the headings of the navigation. */
export function helpsOf(me: Me) {
  const mine = names.filter((name) => mayOpen(me, name))
  const groups = screensOf(me).map(({ heading, screens }) => ({
    heading,
    names: mine.filter((name) => screens.some((screen) => screen === screenAbove(helps[name]))),
  }))
  const others = mine.filter((name) => !groups.some((group) => group.names.includes(name)))
  return [...groups, { heading: undefined, names: others }].filter((group) => group.names.length > 0)
}
