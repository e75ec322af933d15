import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouteComponent,
  type StaticDataRouteOption,
} from '@tanstack/react-router'
import { readFlowFilters, readReceptionView } from './capture/capture-shapes.ts'
import { readMoment } from './contact/moment.ts'
import { readFilters, searchUrl } from './contacts/filters.ts'
import { readDisclosureState } from './disclosures/disclosure-shapes.ts'
import { readYear } from './disclosures/years.ts'
import { readNumberFilters } from './description/numbers/number-filters.ts'
import { readLogFilters } from './log/log-filters.ts'
import { readPeopleFilters } from './people/filters.ts'
import { readTemplateChoice } from './letters/letter-shapes.ts'
import { readWeek, readAppointmentFilter } from './offices/office-shapes.ts'
import { readOwnFilters } from './my-calls/filters.ts'
import { readPeriod } from './plan/filters.ts'
import { readAside } from './quality/quality-shapes.ts'
import { readReconciliationFilters } from './reconciliation/reconciliation-shapes.ts'
import { readQueue } from './requests/queue.ts'
import { readStatistics } from './requests/statistics.ts'
import { readDueFilters, readHoldState } from './retention/retention-shapes.ts'
import { readQuestion } from './studies/question.ts'
import { readHolderFilters, readNewRight } from './rights/rights-shapes.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { readSearch, writeSearch } from './shell/search-string.ts'
import { StartPage } from './start/start-page.tsx'
import { readMonth } from './watch/months.ts'
import { readAlarmState } from './watch/watch-shapes.ts'

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound })

const lazy = lazyRouteComponent

/** Route of a page, with what its URL's search parameters may be. */
const page = <
  const Path extends string,
  Validator extends ((search: Record<string, unknown>) => object) | undefined = undefined,
>(
  path: Path,
  component: RouteComponent,
  options: { validateSearch?: Validator; staticData?: StaticDataRouteOption } = {},
) => createRoute({ getParentRoute: () => rootRoute, path, component, ...options })

const contactsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts',
  staticData: { purpose: 'needed', isGeneral: true },
  validateSearch: readFilters,
  // Removes the caller's number of an old or hand-written URL from the history.
  beforeLoad({ search }) {
    const at = searchUrl(search)
    if (at.state.searchWordsKey !== undefined) throw redirect({ ...at, replace: true })
  },
  component: lazy(() => import('./contacts/search-page.tsx'), 'SearchPage'),
})

const pages = rootRoute.addChildren([
  // In the first download, because most people begin here.
  page('/', StartPage),
  contactsRoute,
  page(
    '/contacts/$id',
    lazy(() => import('./contact/contact-page.tsx'), 'ContactPage'),
    { validateSearch: readMoment, staticData: { purpose: 'needed' } },
  ),
  page(
    '/calls',
    lazy(() => import('./live/live-page.tsx'), 'LivePage'),
    { staticData: { purpose: 'needed', isGeneral: true } },
  ),
  page(
    '/description',
    lazy(() => import('./description/description-page.tsx'), 'DescriptionPage'),
  ),
  page(
    '/description/drafts/$id',
    lazy(() => import('./description/draft-page.tsx'), 'DraftPage'),
  ),
  page(
    '/numbers',
    lazy(() => import('./description/numbers/numbers-page.tsx'), 'NumbersPage'),
    { validateSearch: readNumberFilters },
  ),
  page(
    '/numbers/import',
    lazy(() => import('./description/numbers/import-numbers-page.tsx'), 'ImportNumbersPage'),
  ),
  page(
    '/plan',
    lazy(() => import('./plan/plan-page.tsx'), 'PlanPage'),
    { validateSearch: readPeriod, staticData: { purpose: 'shown' } },
  ),
  page(
    '/service-level',
    lazy(() => import('./studies/study-page.tsx'), 'StudyPage'),
    { validateSearch: readQuestion },
  ),
  page(
    '/training',
    lazy(() => import('./training/training-page.tsx'), 'TrainingPage'),
  ),
  page(
    '/training/collections/$id',
    lazy(() => import('./training/collection-page.tsx'), 'CollectionPage'),
  ),
  page(
    '/training/sessions/$id',
    lazy(() => import('./training/session-page.tsx'), 'SessionPage'),
  ),
  page(
    '/wall',
    lazy(() => import('./today/wall-page.tsx'), 'WallPage'),
    { staticData: { isWall: true } },
  ),
  page(
    '/people',
    lazy(() => import('./people/people-page.tsx'), 'PeoplePage'),
    { validateSearch: readPeopleFilters },
  ),
  page(
    '/people/new',
    lazy(() => import('./people/new-person-page.tsx'), 'NewPersonPage'),
  ),
  page(
    '/people/import',
    lazy(() => import('./people/import-page.tsx'), 'ImportPage'),
  ),
  page(
    '/people/$id',
    lazy(() => import('./people/person-page.tsx'), 'PersonPage'),
  ),
  page(
    '/rights',
    lazy(() => import('./rights/rights-page.tsx'), 'RightsPage'),
    { validateSearch: readHolderFilters },
  ),
  page(
    '/rights/new',
    lazy(() => import('./rights/new-right-page.tsx'), 'NewRightPage'),
    { validateSearch: readNewRight },
  ),
  page(
    '/rights/review',
    lazy(() => import('./rights/review-page.tsx'), 'ReviewRightsPage'),
  ),
  page(
    '/rights/people/$id',
    lazy(() => import('./rights/persons-rights-page.tsx'), 'PersonsRightsPage'),
  ),
  page(
    '/requests',
    lazy(() => import('./requests/requests-page.tsx'), 'RequestsPage'),
    { validateSearch: readQueue },
  ),
  page(
    '/requests/new',
    lazy(() => import('./requests/new-request-page.tsx'), 'NewRequestPage'),
  ),
  page(
    '/requests/statistics',
    lazy(() => import('./requests/statistics-page.tsx'), 'RequestStatisticsPage'),
    { validateSearch: readStatistics },
  ),
  page(
    '/requests/$id',
    lazy(() => import('./requests/request-page.tsx'), 'RequestPage'),
    { staticData: { purpose: 'shown' } },
  ),
  page(
    '/account',
    lazy(() => import('./account/account-page.tsx'), 'AccountPage'),
  ),
  page(
    '/welcome',
    lazy(() => import('./account/welcome-page.tsx'), 'WelcomePage'),
    { staticData: { isOpen: true } },
  ),
  page(
    '/alarms',
    lazy(() => import('./watch/alarms-page.tsx'), 'AlarmsPage'),
    { validateSearch: readAlarmState },
  ),
  page(
    '/reconciliation',
    lazy(() => import('./reconciliation/reconciliation-page.tsx'), 'ReconciliationPage'),
    { validateSearch: readReconciliationFilters },
  ),
  page(
    '/reviews',
    lazy(() => import('./watch/reviews-page.tsx'), 'ReviewsPage'),
  ),
  page(
    '/reviews/$month',
    lazy(() => import('./watch/review-page.tsx'), 'ReviewPage'),
  ),
  page(
    '/my-calls',
    lazy(() => import('./my-calls/my-calls-page.tsx'), 'MyCallsPage'),
    { validateSearch: readOwnFilters },
  ),
  page(
    '/my-calls/looks',
    lazy(() => import('./watch/my-views-page.tsx'), 'MyViewsPage'),
    { validateSearch: readMonth },
  ),
  page(
    '/contacts/$id/looks',
    lazy(() => import('./watch/contact-views-page.tsx'), 'ContactViewsPage'),
    { staticData: { purpose: 'needed' } },
  ),
  page(
    '/log',
    lazy(() => import('./log/log-page.tsx'), 'LogPage'),
    { validateSearch: readLogFilters },
  ),
  page(
    '/retention',
    lazy(() => import('./retention/retention-page.tsx'), 'RetentionPage'),
    { validateSearch: readDueFilters },
  ),
  page(
    '/capture',
    lazy(() => import('./capture/reception-page.tsx'), 'ReceptionPage'),
    { validateSearch: readReceptionView },
  ),
  page(
    '/capture/clients',
    lazy(() => import('./capture/clients-page.tsx'), 'ClientsPage'),
  ),
  page(
    '/capture/clients/$id',
    lazy(() => import('./capture/client-page.tsx'), 'ClientPage'),
  ),
  page(
    '/capture/nodes',
    lazy(() => import('./capture/nodes-page.tsx'), 'NodesPage'),
  ),
  page(
    '/capture/flows',
    lazy(() => import('./capture/flows-page.tsx'), 'FlowsPage'),
    { validateSearch: readFlowFilters },
  ),
  page(
    '/capture/flows/$id',
    lazy(() => import('./capture/flow-page.tsx'), 'FlowPage'),
  ),
  page(
    '/retention/places',
    lazy(() => import('./retention/places-page.tsx'), 'PlacesPage'),
  ),
  page(
    '/retention/holds',
    lazy(() => import('./retention/holds-page.tsx'), 'HoldsPage'),
    { validateSearch: readHoldState },
  ),
  page(
    '/request-decisions',
    lazy(() => import('./requests/acts/request-decisions-page.tsx'), 'RequestDecisionsPage'),
  ),
  page(
    '/retention/recalls',
    lazy(() => import('./retention/recalls-page.tsx'), 'RecallsPage'),
  ),
  page(
    '/offices',
    lazy(() => import('./offices/offices-page.tsx'), 'OfficesPage'),
  ),
  page(
    '/offices/$id',
    lazy(() => import('./offices/office-page.tsx'), 'OfficePage'),
    { validateSearch: readWeek },
  ),
  page(
    '/appointments',
    lazy(() => import('./offices/appointments-page.tsx'), 'AppointmentsPage'),
    { validateSearch: readAppointmentFilter },
  ),
  page(
    '/workstation',
    lazy(() => import('./offices/workstation-page.tsx'), 'WorkstationPage'),
  ),
  page(
    '/room',
    lazy(() => import('./listening-room/no-room.tsx'), 'NoRoom'),
  ),
  page(
    '/letter-templates',
    lazy(() => import('./letters/templates-page.tsx'), 'TemplatesPage'),
    { validateSearch: readTemplateChoice },
  ),
  page(
    '/disclosures',
    lazy(() => import('./disclosures/disclosures-page.tsx'), 'DisclosuresPage'),
    { validateSearch: readDisclosureState },
  ),
  page(
    '/disclosures/institutes',
    lazy(() => import('./disclosures/institutes-page.tsx'), 'InstitutesPage'),
  ),
  page(
    '/disclosures/research/new',
    lazy(() => import('./disclosures/new-research-page.tsx'), 'NewResearchPage'),
  ),
  page(
    '/disclosures/research/$id',
    lazy(() => import('./disclosures/research-page.tsx'), 'ResearchPage'),
  ),
  page(
    '/disclosures/authority/new',
    lazy(() => import('./disclosures/new-authority-page.tsx'), 'NewAuthorityPage'),
  ),
  page(
    '/disclosures/authority/$id',
    lazy(() => import('./disclosures/authority-page.tsx'), 'AuthorityPage'),
  ),
  page(
    '/disclosures/log',
    lazy(() => import('./disclosures/disclosure-log-page.tsx'), 'DisclosureLogPage'),
    { validateSearch: readYear },
  ),
  page(
    '/records',
    lazy(() => import('./records/records-page.tsx'), 'RecordsPage'),
  ),
  page(
    '/disclosures/research/$id/items/$item',
    lazy(() => import('./anonymisation/editor-page.tsx'), 'EditorPage'),
  ),
  page(
    '/disclosures/research/$id/items/$item/check',
    lazy(() => import('./anonymisation/check-page.tsx'), 'CheckPage'),
  ),
  page(
    '/disclosures/copies/$id/report',
    lazy(() => import('./anonymisation/report-page.tsx'), 'ReportPage'),
  ),
  page(
    '/quality',
    lazy(() => import('./quality/queue-page.tsx'), 'QueuePage'),
    { validateSearch: readAside },
  ),
  page(
    '/quality/evaluations/$id',
    lazy(() => import('./quality/evaluation-page.tsx'), 'EvaluationPage'),
  ),
  page(
    '/quality/plans',
    lazy(() => import('./quality/plans-page.tsx'), 'PlansPage'),
  ),
  page(
    '/quality/forms',
    lazy(() => import('./quality/forms-page.tsx'), 'FormsPage'),
  ),
  page(
    '/quality/forms/$id',
    lazy(() => import('./quality/form-page.tsx'), 'FormPage'),
  ),
  page(
    '/quality/calibrations',
    lazy(() => import('./quality/calibrations-page.tsx'), 'CalibrationsPage'),
  ),
  page(
    '/quality/results',
    lazy(() => import('./quality/results-page.tsx'), 'ResultsPage'),
  ),
  page(
    '/my-calls/evaluations',
    lazy(() => import('./my-calls/own-evaluations-page.tsx'), 'OwnEvaluationsPage'),
  ),
  page(
    '/my-calls/trainings',
    lazy(() => import('./my-calls/own-trainings-page.tsx'), 'OwnTrainingsPage'),
  ),
  page(
    '/help',
    lazy(() => import('./help/help.tsx'), 'HelpPage'),
  ),
])

export const router = createRouter({
  routeTree: pages,
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }

  interface StaticDataRouteOption {
    /**
     * Purpose of pages with contacts or recordings: `needed`, the page requires one; `shown`, the purpose is shown but the page
     * starts without one. Other pages show no content and need none (R3).
     */
    purpose?: 'needed' | 'shown'
    /** Searches all calls within the person's rights: hidden from persons who see only calls of the current request (R46). */
    isGeneral?: boolean
    /** A page without sign-in, outside the shell. */
    isOpen?: boolean
    /** A full-screen page without the shell. */
    isWall?: boolean
  }
}
