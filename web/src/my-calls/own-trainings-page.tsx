import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { answersCalls } from '../session/rights.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'

/** Koulutukseni: the training sessions an official attended, and until when the attendance is kept. */
export function OwnTrainingsPage() {
  return (
    <Only who={answersCalls}>
      <OwnTrainings />
    </Only>
  )
}

function OwnTrainings() {
  const { t, language } = useLanguage()
  const query = $api.useQuery('get', '/api/my-calls/trainings', undefined, {
    staleTime: 0,
  })
  return (
    <Page
      title={t('training.own')}
      lead={t('training.own.lead')}
      crumbs={[{ label: t('shell.nav.myCalls'), to: '/my-calls' }]}
    >
      <Loaded query={query}>
        {(data) => (
          <>
            {data.items.length === 0 && <p className="muted">{t('training.own.none')}</p>}
            {data.items.length > 0 && (
              <ul className="cards" aria-label={t('training.own')}>
                {data.items.map((one) => (
                  <li key={one.reference} className="card stack-small">
                    <h2 className="card-title disclosure-title">
                      {one.name}
                      {!one.endedAt && <span className="badge badge-available">{t('training.session.open')}</span>}
                    </h2>
                    {one.aim && <p className="training-aim">{one.aim}</p>}
                    <dl className="facts facts-small">
                      <Fact label={t('training.session.begunAt')}>{formatInstant(one.begunAt, language)}</Fact>
                      {one.endedAt && (
                        <Fact label={t('training.session.endedAt')}>{formatInstant(one.endedAt, language)}</Fact>
                      )}
                      <Fact label={t('training.collection')}>{one.collectionName}</Fact>
                      <Fact label={t('training.session.reference')}>
                        <span className="number">{one.reference}</span>
                      </Fact>
                      {one.keptUntil && (
                        <Fact label={t('training.own.keptUntil')}>{formatDate(one.keptUntil, language)}</Fact>
                      )}
                    </dl>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}
