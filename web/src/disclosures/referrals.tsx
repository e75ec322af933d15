import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { ActStep } from '../controls/step.tsx'
import { Fact } from '../contact/facts.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Referral } from './disclosure-shapes.ts'

type Kind = 'RESEARCH' | 'AUTHORITY'
interface Open {
  id: string
  number: string
}

/**
 * Requests for an official document that the decision maker has referred to the preparers of disclosures, by number: the
 * preparer chooses the disclosure for each. Renders nothing if there are none.
 */
export function Referrals({ kind, open }: { kind: Kind; open: readonly Open[] }) {
  const { t } = useLanguage()
  const title = useId()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/api/referrals',
    { params: { query: { kind } } },
    { staleTime: 10_000 },
  )
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  if (!data || data.items.length === 0) return null
  return (
    <section className="stack-small disclosures-part" aria-labelledby={title}>
      <h3 id={title} tabIndex={-1}>
        {t('requests.referrals.title')}
      </h3>
      <p className="request-note">{t('requests.referrals.what')}</p>
      <ul className="cards" aria-labelledby={title}>
        {data.items.map((one) => (
          <ReferralCard
            key={one.requestId}
            kind={kind}
            open={open}
            referral={one}
            onDone={() => {
              void refetch()
              announce(t('requests.referrals.now'))
              focusHeading(title)
            }}
          />
        ))}
      </ul>
    </section>
  )
}

function ReferralCard({
  kind,
  open,
  referral,
  onDone,
}: {
  kind: Kind
  open: readonly Open[]
  referral: Referral
  onDone: () => void
}) {
  const { t, language } = useLanguage()
  const takeUp = $api.useMutation('post', '/api/referrals/{id}/disclosure')
  const [chosen, setChosen] = useState('')
  const { number, receivedAt, dueAt, provision, takenUp } = referral
  const disclosureId = chosen || (open[0]?.id ?? '')
  return (
    <li className="card stack-small">
      <p className="card-title">
        <strong>{number}</strong>
      </p>
      <dl className="facts">
        <Fact label={t('acts.decisions.received')}>{formatDate(receivedAt, language)}</Fact>
        <Fact label={t('acts.decisions.due')}>{formatDate(dueAt, language)}</Fact>
        <Fact label={t('acts.openness.provision')}>{provision}</Fact>
        {takenUp && (
          <Fact label={t('requests.referrals.takenUp')}>
            {kind === 'RESEARCH' ? (
              <Link to="/disclosures/research/$id" params={{ id: takenUp.disclosureId }}>
                {takenUp.disclosureNumber}
              </Link>
            ) : (
              <Link to="/disclosures/authority/$id" params={{ id: takenUp.disclosureId }}>
                {takenUp.disclosureNumber}
              </Link>
            )}
            <span className="second">{formatInstant(takenUp.at, language)}</span>
          </Fact>
        )}
      </dl>
      {!takenUp && open.length === 0 && <p className="request-note">{t('requests.referrals.begin')}</p>}
      {!takenUp && open.length > 0 && (
        <ActStep
          open={t('requests.referrals.takeUp')}
          submit={t('requests.referrals.takeUp.do')}
          act={takeUp}
          request={() => ({ params: { path: { id: referral.requestId } }, body: { kind, disclosureId } })}
          onDone={onDone}
        >
          <Choice
            label={t('requests.referrals.disclosure')}
            options={open.map((one) => ({ value: one.id, label: one.number }))}
            value={disclosureId}
            onChange={setChosen}
          />
        </ActStep>
      )}
    </li>
  )
}
