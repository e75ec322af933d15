import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { readMoment } from './contact/moment.ts'
import { readFilters } from './contacts/filters.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { readSearch, writeSearch } from './shell/search-string.ts'

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound })

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/contacts', replace: true })
  },
})

export const contactsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./contacts/search-page.tsx'), 'SearchPage'),
})

export const contactRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts/$id',
  validateSearch: readMoment,
  component: lazyRouteComponent(() => import('./contact/contact-page.tsx'), 'ContactPage'),
})

export const callsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/calls',
  component: lazyRouteComponent(() => import('./live/live-page.tsx'), 'LivePage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([startRoute, contactsRoute, contactRoute, callsRoute]),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
