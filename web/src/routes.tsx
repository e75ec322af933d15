import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
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

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  // In the first download, because most people begin here.
  component: StartPage,
})

export const contactsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts',
  staticData: { purpose: 'needed', isGeneral: true },
  validateSearch: readFilters,
  // Removes the caller's number of an old or hand-written URL from the history.
  beforeLoad({ search }) {
    const at = searchUrl(search)
    if (at.state.searchWordsKey !== undefined) throw redirect({ ...at, replace: true })
  },
  component: lazyRouteComponent(() => import('./contacts/search-page.tsx'), 'SearchPage'),
})

export const contactRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/$id',
  staticData: { purpose: 'needed' },
  validateSearch: readMoment,
  component: lazyRouteComponent(() => import('./contact/contact-page.tsx'), 'ContactPage'),
})

export const callsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/calls',
  staticData: { purpose: 'needed', isGeneral: true },
  component: lazyRouteComponent(() => import('./live/live-page.tsx'), 'LivePage'),
})

export const descriptionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/description',
  component: lazyRouteComponent(() => import('./description/description-page.tsx'), 'DescriptionPage'),
})

export const draftRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/description/drafts/$id',
  component: lazyRouteComponent(() => import('./description/draft-page.tsx'), 'DraftPage'),
})

export const numbersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers',
  validateSearch: readNumberFilters,
  component: lazyRouteComponent(() => import('./description/numbers/numbers-page.tsx'), 'NumbersPage'),
})

export const importNumbersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers/import',
  component: lazyRouteComponent(() => import('./description/numbers/import-numbers-page.tsx'), 'ImportNumbersPage'),
})

export const planRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/plan',
  staticData: { purpose: 'shown' },
  validateSearch: readPeriod,
  component: lazyRouteComponent(() => import('./plan/plan-page.tsx'), 'PlanPage'),
})

export const studyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/service-level',
  validateSearch: readQuestion,
  component: lazyRouteComponent(() => import('./studies/study-page.tsx'), 'StudyPage'),
})

export const trainingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/training',
  component: lazyRouteComponent(() => import('./training/training-page.tsx'), 'TrainingPage'),
})

export const collectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/training/collections/$id',
  component: lazyRouteComponent(() => import('./training/collection-page.tsx'), 'CollectionPage'),
})

export const trainingSessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/training/sessions/$id',
  component: lazyRouteComponent(() => import('./training/session-page.tsx'), 'SessionPage'),
})

export const wallRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wall',
  staticData: { isWall: true },
  component: lazyRouteComponent(() => import('./today/wall-page.tsx'), 'WallPage'),
})

export const peopleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people',
  validateSearch: readPeopleFilters,
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})

export const newPersonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/new',
  component: lazyRouteComponent(() => import('./people/new-person-page.tsx'), 'NewPersonPage'),
})

export const importPeopleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/import',
  component: lazyRouteComponent(() => import('./people/import-page.tsx'), 'ImportPage'),
})

export const personRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
})

export const rightsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rights',
  validateSearch: readHolderFilters,
  component: lazyRouteComponent(() => import('./rights/rights-page.tsx'), 'RightsPage'),
})

export const newRightRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rights/new',
  validateSearch: readNewRight,
  component: lazyRouteComponent(() => import('./rights/new-right-page.tsx'), 'NewRightPage'),
})

export const reviewRightsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rights/review',
  component: lazyRouteComponent(() => import('./rights/review-page.tsx'), 'ReviewRightsPage'),
})

export const personsRightsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rights/people/$id',
  component: lazyRouteComponent(() => import('./rights/persons-rights-page.tsx'), 'PersonsRightsPage'),
})

export const requestsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests',
  validateSearch: readQueue,
  component: lazyRouteComponent(() => import('./requests/requests-page.tsx'), 'RequestsPage'),
})

export const newRequestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests/new',
  component: lazyRouteComponent(() => import('./requests/new-request-page.tsx'), 'NewRequestPage'),
})

export const requestStatisticsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests/statistics',
  validateSearch: readStatistics,
  component: lazyRouteComponent(() => import('./requests/statistics-page.tsx'), 'RequestStatisticsPage'),
})

export const requestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests/$id',
  staticData: { purpose: 'shown' },
  component: lazyRouteComponent(() => import('./requests/request-page.tsx'), 'RequestPage'),
})

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  staticData: { isOpen: true },
  component: lazyRouteComponent(() => import('./account/welcome-page.tsx'), 'WelcomePage'),
})

export const alarmsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alarms',
  validateSearch: readAlarmState,
  component: lazyRouteComponent(() => import('./watch/alarms-page.tsx'), 'AlarmsPage'),
})

export const reconciliationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reconciliation',
  validateSearch: readReconciliationFilters,
  component: lazyRouteComponent(() => import('./reconciliation/reconciliation-page.tsx'), 'ReconciliationPage'),
})

export const reviewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reviews',
  component: lazyRouteComponent(() => import('./watch/reviews-page.tsx'), 'ReviewsPage'),
})

export const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reviews/$month',
  component: lazyRouteComponent(() => import('./watch/review-page.tsx'), 'ReviewPage'),
})

export const myCallsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-calls',
  validateSearch: readOwnFilters,
  component: lazyRouteComponent(() => import('./my-calls/my-calls-page.tsx'), 'MyCallsPage'),
})

export const myViewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-calls/looks',
  validateSearch: readMonth,
  component: lazyRouteComponent(() => import('./watch/my-views-page.tsx'), 'MyViewsPage'),
})

export const contactViewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/$id/looks',
  staticData: { purpose: 'needed' },
  component: lazyRouteComponent(() => import('./watch/contact-views-page.tsx'), 'ContactViewsPage'),
})

export const logRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/log',
  validateSearch: readLogFilters,
  component: lazyRouteComponent(() => import('./log/log-page.tsx'), 'LogPage'),
})

export const retentionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retention',
  validateSearch: readDueFilters,
  component: lazyRouteComponent(() => import('./retention/retention-page.tsx'), 'RetentionPage'),
})

export const receptionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture',
  validateSearch: readReceptionView,
  component: lazyRouteComponent(() => import('./capture/reception-page.tsx'), 'ReceptionPage'),
})

export const clientsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture/clients',
  component: lazyRouteComponent(() => import('./capture/clients-page.tsx'), 'ClientsPage'),
})

export const clientRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture/clients/$id',
  component: lazyRouteComponent(() => import('./capture/client-page.tsx'), 'ClientPage'),
})

export const nodesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture/nodes',
  component: lazyRouteComponent(() => import('./capture/nodes-page.tsx'), 'NodesPage'),
})

export const flowsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture/flows',
  validateSearch: readFlowFilters,
  component: lazyRouteComponent(() => import('./capture/flows-page.tsx'), 'FlowsPage'),
})

export const flowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/capture/flows/$id',
  component: lazyRouteComponent(() => import('./capture/flow-page.tsx'), 'FlowPage'),
})

export const placesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retention/places',
  component: lazyRouteComponent(() => import('./retention/places-page.tsx'), 'PlacesPage'),
})

export const holdsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retention/holds',
  validateSearch: readHoldState,
  component: lazyRouteComponent(() => import('./retention/holds-page.tsx'), 'HoldsPage'),
})

export const requestDecisionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/request-decisions',
  component: lazyRouteComponent(() => import('./requests/acts/request-decisions-page.tsx'), 'RequestDecisionsPage'),
})

export const recallsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retention/recalls',
  component: lazyRouteComponent(() => import('./retention/recalls-page.tsx'), 'RecallsPage'),
})

export const officesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/offices',
  component: lazyRouteComponent(() => import('./offices/offices-page.tsx'), 'OfficesPage'),
})

export const officeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/offices/$id',
  validateSearch: readWeek,
  component: lazyRouteComponent(() => import('./offices/office-page.tsx'), 'OfficePage'),
})

export const appointmentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/appointments',
  validateSearch: readAppointmentFilter,
  component: lazyRouteComponent(() => import('./offices/appointments-page.tsx'), 'AppointmentsPage'),
})

export const workstationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workstation',
  component: lazyRouteComponent(() => import('./offices/workstation-page.tsx'), 'WorkstationPage'),
})

export const roomRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/room',
  component: lazyRouteComponent(() => import('./listening-room/no-room.tsx'), 'NoRoom'),
})

export const letterTemplatesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/letter-templates',
  validateSearch: readTemplateChoice,
  component: lazyRouteComponent(() => import('./letters/templates-page.tsx'), 'TemplatesPage'),
})

export const disclosuresRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures',
  validateSearch: readDisclosureState,
  component: lazyRouteComponent(() => import('./disclosures/disclosures-page.tsx'), 'DisclosuresPage'),
})

export const institutesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/institutes',
  component: lazyRouteComponent(() => import('./disclosures/institutes-page.tsx'), 'InstitutesPage'),
})

export const newResearchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/research/new',
  component: lazyRouteComponent(() => import('./disclosures/new-research-page.tsx'), 'NewResearchPage'),
})

export const researchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/research/$id',
  component: lazyRouteComponent(() => import('./disclosures/research-page.tsx'), 'ResearchPage'),
})

export const newAuthorityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/authority/new',
  component: lazyRouteComponent(() => import('./disclosures/new-authority-page.tsx'), 'NewAuthorityPage'),
})

export const authorityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/authority/$id',
  component: lazyRouteComponent(() => import('./disclosures/authority-page.tsx'), 'AuthorityPage'),
})

export const disclosureLogRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/log',
  validateSearch: readYear,
  component: lazyRouteComponent(() => import('./disclosures/disclosure-log-page.tsx'), 'DisclosureLogPage'),
})

export const recordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/records',
  component: lazyRouteComponent(() => import('./records/records-page.tsx'), 'RecordsPage'),
})

export const anonymisationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/research/$id/items/$item',
  component: lazyRouteComponent(() => import('./anonymisation/editor-page.tsx'), 'EditorPage'),
})

export const checkCopyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/research/$id/items/$item/check',
  component: lazyRouteComponent(() => import('./anonymisation/check-page.tsx'), 'CheckPage'),
})

export const privacyReportRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/disclosures/copies/$id/report',
  component: lazyRouteComponent(() => import('./anonymisation/report-page.tsx'), 'ReportPage'),
})

const qualityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality',
  validateSearch: readAside,
  component: lazyRouteComponent(() => import('./quality/queue-page.tsx'), 'QueuePage'),
})

const evaluationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/evaluations/$id',
  component: lazyRouteComponent(() => import('./quality/evaluation-page.tsx'), 'EvaluationPage'),
})

const samplingPlansRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/plans',
  component: lazyRouteComponent(() => import('./quality/plans-page.tsx'), 'PlansPage'),
})

const qualityFormsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/forms',
  component: lazyRouteComponent(() => import('./quality/forms-page.tsx'), 'FormsPage'),
})

const qualityFormRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/forms/$id',
  component: lazyRouteComponent(() => import('./quality/form-page.tsx'), 'FormPage'),
})

const calibrationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/calibrations',
  component: lazyRouteComponent(() => import('./quality/calibrations-page.tsx'), 'CalibrationsPage'),
})

const qualityResultsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality/results',
  component: lazyRouteComponent(() => import('./quality/results-page.tsx'), 'ResultsPage'),
})

const ownEvaluationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-calls/evaluations',
  component: lazyRouteComponent(() => import('./my-calls/own-evaluations-page.tsx'), 'OwnEvaluationsPage'),
})

const ownTrainingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-calls/trainings',
  component: lazyRouteComponent(() => import('./my-calls/own-trainings-page.tsx'), 'OwnTrainingsPage'),
})

const helpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('./help/help.tsx'), 'HelpPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    startRoute,
    contactsRoute,
    contactRoute,
    callsRoute,
    descriptionRoute,
    draftRoute,
    numbersRoute,
    importNumbersRoute,
    planRoute,
    studyRoute,
    wallRoute,
    peopleRoute,
    newPersonRoute,
    importPeopleRoute,
    personRoute,
    rightsRoute,
    newRightRoute,
    reviewRightsRoute,
    personsRightsRoute,
    alarmsRoute,
    reconciliationRoute,
    logRoute,
    reviewsRoute,
    reviewRoute,
    myCallsRoute,
    myViewsRoute,
    contactViewsRoute,
    retentionRoute,
    placesRoute,
    receptionRoute,
    clientsRoute,
    clientRoute,
    nodesRoute,
    flowsRoute,
    flowRoute,
    holdsRoute,
    requestDecisionsRoute,
    recallsRoute,
    officesRoute,
    officeRoute,
    appointmentsRoute,
    workstationRoute,
    roomRoute,
    letterTemplatesRoute,
    disclosuresRoute,
    institutesRoute,
    newResearchRoute,
    researchRoute,
    newAuthorityRoute,
    authorityRoute,
    disclosureLogRoute,
    recordsRoute,
    anonymisationRoute,
    checkCopyRoute,
    privacyReportRoute,
    requestsRoute,
    newRequestRoute,
    requestStatisticsRoute,
    requestRoute,
    qualityRoute,
    evaluationRoute,
    samplingPlansRoute,
    qualityFormsRoute,
    qualityFormRoute,
    calibrationsRoute,
    qualityResultsRoute,
    ownEvaluationsRoute,
    trainingRoute,
    ownTrainingsRoute,
    collectionRoute,
    trainingSessionRoute,
    accountRoute,
    welcomeRoute,
    helpRoute,
  ]),
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
