/**
 * Yhteydenotto: one contact, its call segments, and listening to them. In: an id from the address. Out: a page.
 * Never here: the segments of others; the server leaves them out (R39).
 */
import { useParams, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { lastSearch } from '../contacts/last-search.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Page } from '../shell/page.tsx'
import '../styles/contact.css'
import { Facts } from './facts.tsx'
import { SegmentPanel } from './segment-panel.tsx'

/** The page of one contact. */
export function ContactPage() {
  const { say, language } = useLanguage()
  const { id } = useParams({ from: '/contacts/$id' })
  const { t, part } = useSearch({ from: '/contacts/$id' })
  const under = usePurpose()
  const {
    data: contact,
    error,
    isPending,
    refetch,
  } = $api.useQuery('get', '/api/contacts/{id}', {
    params: { path: { id }, query: under },
  })
  const crumbs = [{ label: say('nav.search'), to: '/contacts' as const, search: { ...lastSearch() } }]
  const title = contact
    ? say('contact.title.at', { time: formatInstant(contact.startedAt, language) })
    : say('contact.title')
  const momentPart = part ?? contact?.segments.find((segment) => segment.recording.state === 'available')?.id

  return (
    <Page title={title} crumbs={crumbs}>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {contact && (
        <>
          <Facts contact={contact} />
          {contact.segments.map((segment, index) => (
            <SegmentPanel
              key={segment.id}
              contact={contact}
              segment={segment}
              position={index + 1}
              momentMs={t && segment.id === momentPart ? Number(t) * 1000 : undefined}
              onListened={() => void refetch()}
            />
          ))}
        </>
      )}
    </Page>
  )
}
