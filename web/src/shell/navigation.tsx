import { Link } from '@tanstack/react-router'
import {
  ArrowLeftRight,
  AudioLines,
  BellRing,
  BookOpenCheck,
  BookOpenText,
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
  Gavel,
  GraduationCap,
  Hourglass,
  House,
  Inbox,
  KeyRound,
  ListChecks,
  Lock,
  Mails,
  MessageSquareText,
  Monitor,
  PhoneCall,
  Scale,
  ScrollText,
  Search,
  Send,
  Router,
  Server,
  TriangleAlert,
  Undo2,
  UsersRound,
} from 'lucide-react'
import type { Me } from '../api/shapes.ts'
import { runsCapture } from '../capture/capture-shapes.ts'
import { readsLog, seesDisclosures } from '../disclosures/disclosure-shapes.ts'
import { seesReconciliation } from '../reconciliation/reconciliation-shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import { evaluates } from '../quality/quality-shapes.ts'
import { knowsHolds, seesPlaces, seesRecalls, seesRetention } from '../retention/retention-shapes.ts'
import { servesRequests, useQueue } from '../requests/use-queue.ts'
import { hasRole, purposesOf, servesOnly } from '../session/rights.ts'
import { makesStudies } from '../studies/question.ts'
import { trains } from '../training/training-shapes.ts'
import { publicPages } from './public-pages.ts'
import { useBrokenPromises } from './use-evidence.ts'

const start = { to: '/', word: 'nav.start', Icon: House } as const
const looks = [
  { to: '/contacts', word: 'nav.search', Icon: Search },
  { to: '/calls', word: 'nav.live', Icon: PhoneCall },
] as const
const study = { to: '/service-level', word: 'study.title', Icon: ChartColumn } as const
const training = { to: '/training', word: 'training.title', Icon: GraduationCap } as const
const description = [
  { to: '/description', word: 'nav.versions', Icon: GitCompareArrows },
  { to: '/plan', word: 'nav.plan', Icon: Disc3 },
  { to: '/numbers', word: 'nav.numbers', Icon: Hash },
] as const
const people = { to: '/people', word: 'nav.people', Icon: UsersRound } as const

const rights = { to: '/rights', word: 'rights.title', Icon: KeyRound } as const

const myCalls = [
  { to: '/my-calls', word: 'nav.myCalls', Icon: Headset },
  { to: '/my-calls/looks', word: 'nav.myLooks', Icon: Eye },
  { to: '/my-calls/evaluations', word: 'quality.own', Icon: ClipboardList },
  { to: '/my-calls/trainings', word: 'training.own', Icon: GraduationCap },
] as const
const quality = [
  { to: '/quality', word: 'quality.title', Icon: ListChecks },
  { to: '/quality/plans', word: 'quality.plans', Icon: Dices },
  { to: '/quality/forms', word: 'quality.forms', Icon: ClipboardList },
  { to: '/quality/calibrations', word: 'quality.calibrations', Icon: Scale },
  { to: '/quality/results', word: 'quality.results', Icon: ChartNoAxesColumn },
] as const
const watch = [
  { to: '/alarms', word: 'nav.alarms', Icon: BellRing },
  { to: '/reviews', word: 'nav.reviews', Icon: ClipboardCheck },
  { to: '/log', word: 'nav.log', Icon: ScrollText },
] as const

const reconciliation = { to: '/reconciliation', word: 'reconciliation.title', Icon: ListChecks } as const

const listening = [
  { to: '/appointments', word: 'appointments.title', Icon: CalendarClock },
  { to: '/offices', word: 'offices.title', Icon: Building2 },
  { to: '/workstation', word: 'workstation.title', Icon: Monitor },
] as const
const letterTemplates = { to: '/letter-templates', word: 'templates.title', Icon: Mails } as const
const requestDecisions = { to: '/request-decisions', word: 'requestDecisions.title', Icon: Gavel } as const
const disclosures = { to: '/disclosures', word: 'disclosures.title', Icon: Send } as const
const disclosureLog = { to: '/disclosures/log', word: 'disclosureLog.title', Icon: BookOpenCheck } as const
const ends = [
  { to: '/retention', word: 'retention.title', Icon: Hourglass, isFor: seesRetention },
  { to: '/retention/places', word: 'places.title', Icon: Server, isFor: seesPlaces },
  { to: '/retention/holds', word: 'holds.title', Icon: Lock, isFor: knowsHolds },
  { to: '/retention/recalls', word: 'recalls.title', Icon: Undo2, isFor: seesRecalls },
] as const

const capture = [
  { to: '/capture', word: 'capture.title', Icon: AudioLines },
  { to: '/capture/clients', word: 'capture.clients.title', Icon: Router },
  { to: '/capture/nodes', word: 'capture.nodes.title', Icon: HardDrive },
  { to: '/capture/flows', word: 'capture.flows.title', Icon: ArrowLeftRight },
] as const

/** Of which pages with addresses below theirs are entries of their own. */
const exactly = new Set<string>(['/', '/quality', '/capture', '/retention', '/my-calls', '/disclosures'])

type Place =
  | typeof start
  | (typeof looks)[number]
  | typeof study
  | typeof training
  | (typeof description)[number]
  | typeof people
  | typeof rights
  | (typeof myCalls)[number]
  | (typeof quality)[number]
  | (typeof watch)[number]
  | typeof reconciliation
  | (typeof listening)[number]
  | typeof letterTemplates
  | typeof requestDecisions
  | typeof disclosures
  | typeof disclosureLog
  | (typeof ends)[number]
  | (typeof capture)[number]

/** The screens of the service that this person has use for, on the left; under the header on small screens. */
export function Navigation({
  me,
  id,
  isOpen,
  onNavigate,
}: {
  me: Me
  id: string
  isOpen: boolean
  onNavigate: () => void
}) {
  const { say, language } = useLanguage()
  const place = ({ to, word, Icon }: Place) => (
    <li key={to}>
      <Link
        to={to}
        onClick={onNavigate}
        activeOptions={{ includeSearch: false, exact: exactly.has(to) }}
        activeProps={{ 'aria-current': 'page' }}
      >
        <Icon aria-hidden="true" size={20} />
        {say(word)}
      </Link>
    </li>
  )
  return (
    <nav id={id} className={`navigation ${isOpen ? 'is-open' : ''}`} aria-label={say('nav.main')}>
      <ul>
        {place(start)}
        {servesRequests(me) && <Requests me={me} onNavigate={onNavigate} />}
        {purposesOf(me).length > 0 && !servesOnly(me) && looks.map(place)}
        {makesStudies(me) && place(study)}
        {trains(me) && place(training)}
        {hasRole(me, 'DECISION_MAKER') && place(requestDecisions)}
        {seesDisclosures(me) && place(disclosures)}
        {readsLog(me) && place(disclosureLog)}
        {hasRole(me, 'OFFICIAL') && myCalls.map(place)}
      </ul>
      {hasRole(me, 'SERVICE_UNIT', 'ADMINISTRATOR') && (
        <>
          <p id="nav-desk" className="navigation-heading">
            {say('nav.desk')}
          </p>
          <ul aria-labelledby="nav-desk">
            {hasRole(me, 'SERVICE_UNIT') && listening.map(place)}
            {place(letterTemplates)}
          </ul>
        </>
      )}
      {evaluates(me) && (
        <>
          <p id="nav-quality" className="navigation-heading">
            {say('nav.quality')}
          </p>
          <ul aria-labelledby="nav-quality">{quality.map(place)}</ul>
        </>
      )}
      {seesReconciliation(me) && (
        <>
          <p id="nav-watch" className="navigation-heading">
            {say('nav.watch')}
          </p>
          <ul aria-labelledby="nav-watch">
            {hasRole(me, 'DATA_PROTECTION_OFFICER') && watch.map(place)}
            {place(reconciliation)}
          </ul>
        </>
      )}
      {seesRetention(me) && (
        <>
          <p id="nav-retention" className="navigation-heading">
            {say('nav.retention')}
          </p>
          <ul aria-labelledby="nav-retention">{ends.filter(({ isFor }) => isFor(me)).map(place)}</ul>
        </>
      )}
      {runsCapture(me) && (
        <>
          <p id="nav-capture" className="navigation-heading">
            {say('nav.capture')}
          </p>
          <ul aria-labelledby="nav-capture">{capture.map(place)}</ul>
        </>
      )}
      <p id="nav-description" className="navigation-heading">
        {say('nav.description')}
      </p>
      <ul aria-labelledby="nav-description">
        <PublicDescription />
        {description.map(place)}
        {hasRole(me, 'ADMINISTRATOR') && (
          <li>
            <a href={publicPages.feedback[language]}>
              <MessageSquareText aria-hidden="true" size={20} />
              {say('nav.feedback')}
            </a>
          </li>
        )}
      </ul>
      <p id="nav-access" className="navigation-heading">
        {say('nav.access')}
      </p>
      <ul aria-labelledby="nav-access">
        {hasRole(me, 'ADMINISTRATOR', 'SUPERVISOR') && place(people)}
        {place(rights)}
      </ul>
    </nav>
  )
}

/** The Service Unit’s desk, and beside it how many requests press. */
function Requests({ me, onNavigate }: { me: Me; onNavigate: () => void }) {
  const { say } = useLanguage()
  const counts = useQueue({}, me).data?.counts
  const pressing = counts ? Math.max(counts.urgent, counts.overdue) : 0
  return (
    <li>
      <Link
        to="/requests"
        onClick={onNavigate}
        activeOptions={{ includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
      >
        <Inbox aria-hidden="true" size={20} />
        <span className="navigation-words">
          {say('requests.title')}
          {pressing > 0 && (
            <span className="navigation-mark">
              <TriangleAlert aria-hidden="true" size={16} />
              {say('requests.pressing', { count: pressing })}
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}

/** The public page, and beside it the mark of a promise that does not hold now. */
function PublicDescription() {
  const { say, language } = useLanguage()
  const broken = useBrokenPromises()
  return (
    <li>
      <a href={publicPages.description[language]} className={broken > 0 ? 'is-broken' : undefined}>
        <BookOpenText aria-hidden="true" size={20} />
        <span className="navigation-words">
          {say('nav.public')}
          {broken > 0 && (
            <span className="navigation-mark">
              <TriangleAlert aria-hidden="true" size={16} />
              {say('nav.public.broken', { count: broken })}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}
