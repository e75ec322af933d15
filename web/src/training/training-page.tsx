import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { Table } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { NewCollection } from './new-collection.tsx'
import { endsSoon, trains, type ListedCollection, type ListedTraining } from './training-shapes.ts'

/** Koulutus: collections and sessions. */
export function TrainingPage() {
  return (
    <Only who={trains}>
      <Lists />
    </Only>
  )
}

function Lists() {
  const { t } = useLanguage()
  const collections = $api.useQuery('get', '/api/training/collections', undefined, { staleTime: 0 })
  const sessions = $api.useQuery('get', '/api/training/sessions', undefined, { staleTime: 0 })
  return (
    <Page title={t('training.title')} lead={t('training.lead')}>
      {sessions.data && sessions.data.items.some(({ endedAt, isMine }) => isMine && !endedAt) && (
        <ul className="cards" aria-label={t('training.sessions.open')}>
          {sessions.data.items
            .filter(({ endedAt, isMine }) => isMine && !endedAt)
            .map((session) => (
              <SessionCard key={session.id} session={session} />
            ))}
        </ul>
      )}
      <section className="stack-small" aria-labelledby="training-collections">
        <h2 id="training-collections">{t('training.collections')}</h2>
        <NewCollection />
        {collections.isPending && <Waiting lines={6} />}
        {collections.error && <Failure error={collections.error} onAgain={() => void collections.refetch()} />}
        {collections.data?.items.length === 0 && <p className="muted">{t('training.collections.none')}</p>}
        {collections.data && collections.data.items.length > 0 && (
          <ul className="cards" aria-labelledby="training-collections">
            {collections.data.items.map((one) => (
              <CollectionCard key={one.id} collection={one} />
            ))}
          </ul>
        )}
      </section>
      <section className="stack-small" aria-labelledby="training-sessions">
        <h2 id="training-sessions">{t('training.sessions.over')}</h2>
        {sessions.isPending && <Waiting lines={3} />}
        {sessions.error && <Failure error={sessions.error} onAgain={() => void sessions.refetch()} />}
        {sessions.data && <OtherSessions sessions={sessions.data.items.filter((one) => one.endedAt || !one.isMine)} />}
      </section>
    </Page>
  )
}

function CollectionCard({ collection }: { collection: ListedCollection }) {
  const { t, language } = useLanguage()
  const { nextEndsAt } = collection
  return (
    <li className="card stack-small">
      <h3 className="card-title disclosure-title">
        <Link to="/training/collections/$id" params={{ id: collection.id }}>
          {collection.name}
        </Link>
        {collection.endedAt && <span className="badge badge-none">{t('training.collection.over')}</span>}
      </h3>
      {collection.aim && <p className="training-aim">{collection.aim}</p>}
      <dl className="facts facts-small">
        <Fact label={t('training.moments')}>
          {t('training.moments.count', { count: collection.moments })}
          {collection.empty > 0 && (
            <span className="second">{t('training.moments.empty', { count: collection.empty })}</span>
          )}
        </Fact>
        {nextEndsAt && (
          <Fact label={t('training.nextEnds')}>
            {formatDate(nextEndsAt, language)}
            {endsSoon(nextEndsAt, serverNowMs()) && (
              <>
                {' '}
                <span className="badge badge-capturing">{t('training.endsSoon')}</span>
              </>
            )}
          </Fact>
        )}
      </dl>
    </li>
  )
}

function SessionCard({ session }: { session: ListedTraining }) {
  const { t, language } = useLanguage()
  return (
    <li className="card stack-small">
      <h2 className="card-title disclosure-title">
        <Link to="/training/sessions/$id" params={{ id: session.id }}>
          {session.name}
        </Link>
        <span className="badge badge-available">{t('training.session.open')}</span>
      </h2>
      <p className="second">
        {session.reference} · {session.collectionName} · {formatInstant(session.begunAt, language)}
      </p>
    </li>
  )
}

/** Sessions that have ended, and open ones of other persons. */
function OtherSessions({ sessions }: { sessions: readonly ListedTraining[] }) {
  const { t, language } = useLanguage()
  if (sessions.length === 0) return <p className="muted">{t('training.sessions.none')}</p>
  return (
    <WideTable aria-labelledby="training-sessions">
      <Table
        caption={t('training.sessions.over')}
        rows={sessions}
        keyOf={({ id }) => id}
        columns={[
          {
            head: t('training.session'),
            cell: ({ id, isMine, name, reference }) => (
              <>
                {isMine ? (
                  <Link to="/training/sessions/$id" params={{ id }}>
                    {name}
                  </Link>
                ) : (
                  name
                )}
                <span className="second">{reference}</span>
              </>
            ),
            isRowHead: true,
          },
          { head: t('training.collection'), cell: ({ collectionName }) => collectionName },
          { head: t('training.session.begunAt'), cell: ({ begunAt }) => formatInstant(begunAt, language) },
          {
            head: t('training.session.endedAt'),
            cell: ({ endedAt }) => (endedAt ? formatInstant(endedAt, language) : t('training.session.open')),
          },
          { head: t('training.attendees'), cell: ({ attendees }) => attendees, isNumeric: true },
        ]}
      />
    </WideTable>
  )
}
