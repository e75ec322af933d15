/** Pages of the service, in the order of the navigation. Public pages are not among them. */
import {
  ArrowLeftRight,
  AudioLines,
  BellRing,
  BookOpenCheck,
  BookText,
  Building2,
  CalendarClock,
  ChartColumn,
  ChartNoAxesColumn,
  ClipboardCheck,
  ClipboardList,
  Dices,
  Disc3,
  Eye,
  GitCompareArrows,
  Hash,
  HardDrive,
  Headset,
  House,
  Gavel,
  GraduationCap,
  Hourglass,
  Inbox,
  KeyRound,
  ListChecks,
  Lock,
  Mails,
  Monitor,
  PhoneCall,
  Scale,
  ScrollText,
  Search,
  Send,
  Router,
  Server,
  Undo2,
  UsersRound,
} from 'lucide-react'
import type { Me } from '../api/shapes.ts'
import { runsCapture } from '../capture/capture-shapes.ts'
import { readsLog, seesDisclosures } from '../disclosures/disclosure-shapes.ts'
import { evaluates } from '../quality/quality-shapes.ts'
import { seesReconciliation } from '../reconciliation/reconciliation-shapes.ts'
import { servesRequests } from '../requests/use-queue.ts'
import { knowsHolds, seesPlaces, seesRecalls, seesRetention } from '../retention/retention-shapes.ts'
import { answersCalls, hasRole, purposesOf, servesOnly } from '../session/rights.ts'
import { makesStudies } from '../studies/question.ts'
import { trains } from '../training/training-shapes.ts'

const isEverybody = () => true
const mayView = (me: Me) => purposesOf(me).length > 0 && !servesOnly(me)
const isServiceUnit = (me: Me) => hasRole(me, 'SERVICE_UNIT')
const seesTemplates = (me: Me) => hasRole(me, 'SERVICE_UNIT', 'ADMINISTRATOR')
const decides = (me: Me) => hasRole(me, 'DECISION_MAKER')
const seesPeople = (me: Me) => hasRole(me, 'ADMINISTRATOR', 'SUPERVISOR')
export const isDataProtectionOfficer = (me: Me) => hasRole(me, 'DATA_PROTECTION_OFFICER')
export const administers = (me: Me) => hasRole(me, 'ADMINISTRATOR')

/** Pages by the headings of the navigation. */
const parts = [
  {
    heading: undefined,
    screens: [
      { to: '/', word: 'shell.nav.start', Icon: House, isFor: isEverybody },
      { to: '/requests', word: 'requests.title', Icon: Inbox, isFor: servesRequests },
      { to: '/contacts', word: 'shell.nav.search', Icon: Search, isFor: mayView },
      { to: '/calls', word: 'shell.nav.live', Icon: PhoneCall, isFor: mayView },
      { to: '/service-level', word: 'studies.title', Icon: ChartColumn, isFor: makesStudies },
      { to: '/training', word: 'training.title', Icon: GraduationCap, isFor: trains },
      { to: '/request-decisions', word: 'acts.decisions.title', Icon: Gavel, isFor: decides },
      { to: '/disclosures', word: 'disclosures.title', Icon: Send, isFor: seesDisclosures },
      { to: '/disclosures/log', word: 'disclosures.log.title', Icon: BookOpenCheck, isFor: readsLog },
      { to: '/records', word: 'records.title', Icon: BookText, isFor: readsLog },
      { to: '/my-calls', word: 'shell.nav.myCalls', Icon: Headset, isFor: answersCalls },
      { to: '/my-calls/looks', word: 'shell.nav.myLooks', Icon: Eye, isFor: answersCalls },
      { to: '/my-calls/evaluations', word: 'quality.own', Icon: ClipboardList, isFor: answersCalls },
      { to: '/my-calls/trainings', word: 'training.own', Icon: GraduationCap, isFor: answersCalls },
    ],
  },
  {
    heading: 'shell.nav.desk',
    screens: [
      { to: '/appointments', word: 'offices.appointments.title', Icon: CalendarClock, isFor: isServiceUnit },
      { to: '/offices', word: 'offices.title', Icon: Building2, isFor: isServiceUnit },
      { to: '/workstation', word: 'offices.workstation.title', Icon: Monitor, isFor: isServiceUnit },
      { to: '/letter-templates', word: 'letters.templates.title', Icon: Mails, isFor: seesTemplates },
    ],
  },
  {
    heading: 'shell.nav.quality',
    screens: [
      { to: '/quality', word: 'quality.title', Icon: ListChecks, isFor: evaluates },
      { to: '/quality/plans', word: 'quality.plans', Icon: Dices, isFor: evaluates },
      { to: '/quality/forms', word: 'quality.forms', Icon: ClipboardList, isFor: evaluates },
      { to: '/quality/calibrations', word: 'quality.calibrations', Icon: Scale, isFor: evaluates },
      { to: '/quality/results', word: 'quality.results', Icon: ChartNoAxesColumn, isFor: evaluates },
    ],
  },
  {
    heading: 'shell.nav.watch',
    screens: [
      { to: '/alarms', word: 'shell.nav.alarms', Icon: BellRing, isFor: isDataProtectionOfficer },
      { to: '/reviews', word: 'shell.nav.reviews', Icon: ClipboardCheck, isFor: isDataProtectionOfficer },
      { to: '/log', word: 'shell.nav.log', Icon: ScrollText, isFor: isDataProtectionOfficer },
      { to: '/reconciliation', word: 'reconciliation.title', Icon: ListChecks, isFor: seesReconciliation },
    ],
  },
  {
    heading: 'shell.nav.retention',
    screens: [
      { to: '/retention', word: 'retention.title', Icon: Hourglass, isFor: seesRetention },
      { to: '/retention/places', word: 'retention.places.title', Icon: Server, isFor: seesPlaces },
      { to: '/retention/holds', word: 'retention.holds.title', Icon: Lock, isFor: knowsHolds },
      { to: '/retention/recalls', word: 'retention.recalls.title', Icon: Undo2, isFor: seesRecalls },
    ],
  },
  {
    heading: 'shell.nav.capture',
    screens: [
      { to: '/capture', word: 'capture.title', Icon: AudioLines, isFor: runsCapture },
      { to: '/capture/clients', word: 'capture.clients.title', Icon: Router, isFor: runsCapture },
      { to: '/capture/nodes', word: 'capture.nodes.title', Icon: HardDrive, isFor: runsCapture },
      { to: '/capture/flows', word: 'capture.flows.title', Icon: ArrowLeftRight, isFor: runsCapture },
    ],
  },
  {
    heading: 'shell.nav.description',
    screens: [
      { to: '/description', word: 'shell.nav.versions', Icon: GitCompareArrows, isFor: isEverybody },
      { to: '/plan', word: 'shell.nav.plan', Icon: Disc3, isFor: isEverybody },
      { to: '/numbers', word: 'shell.nav.numbers', Icon: Hash, isFor: isEverybody },
    ],
  },
  {
    heading: 'shell.nav.access',
    screens: [
      { to: '/people', word: 'shell.nav.people', Icon: UsersRound, isFor: seesPeople },
      { to: '/rights', word: 'rights.title', Icon: KeyRound, isFor: isEverybody },
    ],
  },
] as const

export type Screen = (typeof parts)[number]['screens'][number]

/** Returns the pages that a person uses, by heading; empty headings are omitted. */
export function screensOf(me: Me): { heading: (typeof parts)[number]['heading']; screens: Screen[] }[] {
  return parts
    .map(({ heading, screens }) => ({ heading, screens: screens.filter(({ isFor }) => isFor(me)) }))
    .filter(({ screens }) => screens.length > 0)
}

/** Returns the page of the navigation that has a path, or below which it is. */
export function screenAbove(path: string): Screen | undefined {
  return parts
    .flatMap(({ screens }): readonly Screen[] => screens)
    .filter(({ to }) => path === to || path.startsWith(`${to}/`))
    .toSorted((a, b) => b.to.length - a.to.length)[0]
}

/** Returns true if URLs below a page's own belong to other pages. */
export function hasScreensBelow({ to }: Screen): boolean {
  const above = to === '/' ? to : `${to}/`
  return parts.some(({ screens }) => screens.some((other) => other.to !== to && other.to.startsWith(above)))
}
