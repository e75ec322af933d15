/** Pages of the service, in order: the single source of the navigation and the start page. Public pages are not among them. */
import {
  ArrowLeftRight,
  AudioLines,
  BellRing,
  BookOpenCheck,
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
import type { Word } from '../language/use-words.ts'
import { evaluates } from '../quality/quality-shapes.ts'
import { seesReconciliation } from '../reconciliation/reconciliation-shapes.ts'
import { servesRequests } from '../requests/use-queue.ts'
import { knowsHolds, seesPlaces, seesRecalls, seesRetention } from '../retention/retention-shapes.ts'
import { hasRole, purposesOf, servesOnly } from '../session/rights.ts'
import { makesStudies } from '../studies/question.ts'
import { trains } from '../training/training-shapes.ts'

const isAnybody = () => true
const mayView = (me: Me) => purposesOf(me).length > 0 && !servesOnly(me)
const answers = (me: Me) => hasRole(me, 'OFFICIAL')
const receives = (me: Me) => hasRole(me, 'SERVICE_UNIT')
const seesTemplates = (me: Me) => hasRole(me, 'SERVICE_UNIT', 'ADMINISTRATOR')
const decides = (me: Me) => hasRole(me, 'DECISION_MAKER')
const seesPeople = (me: Me) => hasRole(me, 'ADMINISTRATOR', 'SUPERVISOR')
export const watches = (me: Me) => hasRole(me, 'DATA_PROTECTION_OFFICER')
export const administers = (me: Me) => hasRole(me, 'ADMINISTRATOR')

const drafts = (me: Me) =>
  administers(me) || me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
const draftsOrReads = (me: Me): Word => (drafts(me) ? 'start.versions.draft' : 'start.versions')
const changesOrSees = (me: Me): Word => (administers(me) ? 'start.people.change' : 'start.people')

/** Pages by heading of the navigation. `what` is the text on the start page; a page without one is linked from another page. */
const parts = [
  {
    heading: undefined,
    screens: [
      { to: '/', word: 'shell.nav.start', Icon: House, isFor: isAnybody },
      { to: '/requests', word: 'requests.title', what: 'start.requests', Icon: Inbox, isFor: servesRequests },
      { to: '/contacts', word: 'shell.nav.search', what: 'start.search', Icon: Search, isFor: mayView },
      { to: '/calls', word: 'shell.nav.live', what: 'start.live', Icon: PhoneCall, isFor: mayView },
      { to: '/service-level', word: 'studies.title', what: 'start.study', Icon: ChartColumn, isFor: makesStudies },
      { to: '/training', word: 'training.title', what: 'start.training', Icon: GraduationCap, isFor: trains },
      {
        to: '/request-decisions',
        word: 'acts.decisions.title',
        what: 'start.requestDecisions',
        Icon: Gavel,
        isFor: decides,
      },
      { to: '/disclosures', word: 'disclosures.title', what: 'start.disclosures', Icon: Send, isFor: seesDisclosures },
      {
        to: '/disclosures/log',
        word: 'disclosures.log.title',
        what: 'start.disclosureLog',
        Icon: BookOpenCheck,
        isFor: readsLog,
      },
      { to: '/my-calls', word: 'shell.nav.myCalls', what: 'start.myCalls', Icon: Headset, isFor: answers },
      { to: '/my-calls/looks', word: 'shell.nav.myLooks', what: 'start.myLooks', Icon: Eye, isFor: answers },
      {
        to: '/my-calls/evaluations',
        word: 'quality.own',
        what: 'start.ownEvaluations',
        Icon: ClipboardList,
        isFor: answers,
      },
      {
        to: '/my-calls/trainings',
        word: 'training.own',
        what: 'start.ownTrainings',
        Icon: GraduationCap,
        isFor: answers,
      },
    ],
  },
  {
    heading: 'shell.nav.desk',
    screens: [
      {
        to: '/appointments',
        word: 'offices.appointments.title',
        what: 'start.appointments.what',
        Icon: CalendarClock,
        isFor: receives,
      },
      { to: '/offices', word: 'offices.title', what: 'start.offices', Icon: Building2, isFor: receives },
      { to: '/workstation', word: 'offices.workstation.title', Icon: Monitor, isFor: receives },
      {
        to: '/letter-templates',
        word: 'letters.templates.title',
        what: 'start.templates',
        Icon: Mails,
        isFor: seesTemplates,
      },
    ],
  },
  {
    heading: 'shell.nav.quality',
    screens: [
      { to: '/quality', word: 'quality.title', what: 'start.quality', Icon: ListChecks, isFor: evaluates },
      { to: '/quality/plans', word: 'quality.plans', Icon: Dices, isFor: evaluates },
      { to: '/quality/forms', word: 'quality.forms', Icon: ClipboardList, isFor: evaluates },
      { to: '/quality/calibrations', word: 'quality.calibrations', Icon: Scale, isFor: evaluates },
      { to: '/quality/results', word: 'quality.results', Icon: ChartNoAxesColumn, isFor: evaluates },
    ],
  },
  {
    heading: 'shell.nav.watch',
    screens: [
      { to: '/alarms', word: 'shell.nav.alarms', what: 'start.alarms', Icon: BellRing, isFor: watches },
      { to: '/reviews', word: 'shell.nav.reviews', what: 'start.reviews', Icon: ClipboardCheck, isFor: watches },
      { to: '/log', word: 'shell.nav.log', what: 'start.log', Icon: ScrollText, isFor: watches },
      {
        to: '/reconciliation',
        word: 'reconciliation.title',
        what: 'start.reconciliation',
        Icon: ListChecks,
        isFor: seesReconciliation,
      },
    ],
  },
  {
    heading: 'shell.nav.retention',
    screens: [
      { to: '/retention', word: 'retention.title', what: 'start.retention', Icon: Hourglass, isFor: seesRetention },
      {
        to: '/retention/places',
        word: 'retention.places.title',
        what: 'start.places',
        Icon: Server,
        isFor: seesPlaces,
      },
      { to: '/retention/holds', word: 'retention.holds.title', what: 'start.holds', Icon: Lock, isFor: knowsHolds },
      {
        to: '/retention/recalls',
        word: 'retention.recalls.title',
        what: 'start.recalls',
        Icon: Undo2,
        isFor: seesRecalls,
      },
    ],
  },
  {
    heading: 'shell.nav.capture',
    screens: [
      { to: '/capture', word: 'capture.title', what: 'start.capture', Icon: AudioLines, isFor: runsCapture },
      { to: '/capture/clients', word: 'capture.clients.title', Icon: Router, isFor: runsCapture },
      { to: '/capture/nodes', word: 'capture.nodes.title', Icon: HardDrive, isFor: runsCapture },
      { to: '/capture/flows', word: 'capture.flows.title', Icon: ArrowLeftRight, isFor: runsCapture },
    ],
  },
  {
    heading: 'shell.nav.description',
    screens: [
      { to: '/description', word: 'shell.nav.versions', what: draftsOrReads, Icon: GitCompareArrows, isFor: isAnybody },
      { to: '/plan', word: 'shell.nav.plan', what: 'start.plan', Icon: Disc3, isFor: isAnybody },
      { to: '/numbers', word: 'shell.nav.numbers', what: 'start.numbers', Icon: Hash, isFor: isAnybody },
    ],
  },
  {
    heading: 'shell.nav.access',
    screens: [
      { to: '/people', word: 'shell.nav.people', what: changesOrSees, Icon: UsersRound, isFor: seesPeople },
      { to: '/rights', word: 'rights.title', what: 'start.rights', Icon: KeyRound, isFor: isAnybody },
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

/** Returns true if addresses below a page's own belong to other pages. */
export function hasScreensBelow({ to }: Screen): boolean {
  const above = to === '/' ? to : `${to}/`
  return parts.some(({ screens }) => screens.some((other) => other.to !== to && other.to.startsWith(above)))
}
