/**
 * Yhteydenotto: one contact, its call segments, and listening to them. The server omits segments that the viewer may not see
 * (R39).
 */
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { ContactDetail, SegmentDetail } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { searchUrl } from '../contacts/filters.ts'
import { lastSearch } from '../contacts/last-search.ts'
import { AddToAuthority } from '../disclosures/add-to-authority.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { ContactHolds } from '../retention/contact-holds.tsx'
import { servedRequest } from '../requests/served-request.ts'
import { hasRole } from '../session/rights.ts'
import { usePurpose } from '../session/purpose.tsx'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { Facts } from './facts.tsx'
import { readMoment } from './moment.ts'
import { SegmentPanel } from './segment-panel.tsx'

const pollMs = 15_000
const maxPolls = 40

export function ContactPage() {
  const { t, language } = useLanguage()
  const { id } = useParams({ from: '/contacts/$id' })
  // The router passes all search parameters; only a moment is used.
  const { t: atSeconds, part } = useSearch({ from: '/contacts/$id', select: readMoment })
  const under = usePurpose()
  const presence = usePresence()
  const me = presence.state === 'signed-in' ? presence.me : undefined
  const {
    data: contact,
    error,
    isPending,
    refetch,
  } = $api.useQuery(
    'get',
    '/api/contacts/{id}',
    { params: { path: { id }, query: under } },
    // Polls a call in progress, so that its end and its recording appear by themselves. The number of polls is limited: each is
    // a view of its own in the log and a use of the session.
    {
      refetchInterval: ({ state }) =>
        state.data && isOngoing(state.data) && state.dataUpdateCount < maxPolls ? pollMs : false,
    },
  )
  const served = servedRequest(under)
  const crumbs = served
    ? [
        { label: t('requests.title'), to: '/requests' as const },
        { label: served.number, to: '/requests/$id' as const, params: { id: served.id } },
      ]
    : [{ label: t('shell.nav.search'), ...searchUrl(lastSearch()) }]
  const title = contact
    ? t('contact.title.at', { time: formatInstant(contact.startedAt, language) })
    : t('contact.title')
  const momentPart = part ?? contact?.segments.find((segment) => segment.recording.state === 'available')?.id

  return (
    <Page title={title} crumbs={crumbs}>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {contact && me && (
        <>
          <Facts contact={contact} />
          {under.purpose === 'INSPECTION' && (
            <p>
              <Link to="/contacts/$id/looks" params={{ id }}>
                {t('contact.access.link')}
              </Link>
            </p>
          )}
          {contact.segments.map((segment, index) => (
            <SegmentPanel
              key={segment.id}
              contact={contact}
              segment={segment}
              position={index + 1}
              me={me}
              under={under}
              momentMs={segment.id === momentPart ? momentIn(segment, atSeconds) : undefined}
              onChanged={() => void refetch()}
            />
          ))}
          {under.purpose === 'CRIME_OR_MISUSE' && under.reference && hasRole(me, 'SECURITY') && (
            <>
              <AddToAuthority contact={contact} me={me} under={under} />
              <ContactHolds contactId={contact.id} under={under} onChanged={() => void refetch()} />
            </>
          )}
        </>
      )}
    </Page>
  )
}

function isOngoing(contact: ContactDetail): boolean {
  return contact.endedAt == null || contact.segments.some(({ recording }) => recording.state === 'capturing')
}

/** Milliseconds into the recording; undefined if the moment is outside it. */
function momentIn({ durationMs }: SegmentDetail, seconds: string | undefined): number | undefined {
  const ms = seconds == null ? undefined : Number(seconds) * 1000
  return ms != null && (durationMs == null || ms < durationMs) ? ms : undefined
}
