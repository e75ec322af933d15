import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Choice } from '../controls/choice.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { dayBefore } from '../disclosures/days.ts'
import type { Institute } from '../disclosures/disclosure-shapes.ts'
import { NoticeTo } from '../disclosures/notice-to.tsx'
import { useInstitutes, useResearchList } from '../disclosures/use-disclosures.ts'
import { languageNames, languages, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import type { Recall } from './retention-shapes.ts'

/** Takaisinkutsut: disclosed copies whose recordings are destroyed, until each is known to be destroyed (R50). */
export function RecallsPage() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/recalls', undefined, { staleTime: 0 })
  const { refetch } = query
  return (
    <Page title={t('retention.recalls.title')} lead={t('retention.recalls.lead')}>
      <Loaded query={query}>
        {(data) => (
          <>
            {data.items.length === 0 && <Notice kind="info">{t('retention.recalls.none')}</Notice>}
            {data.items.map((recall) => (
              <RecallCard key={recall.id} recall={recall} onConfirmed={() => void refetch()} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Returns the open disclosure of the copy and its recipient, for persons who may see both. */
function useRecipient({ disclosure }: Recall) {
  const me = useMe()
  const research = useResearchList(me).data?.items.find(({ number }) => number === disclosure)
  const institute = useInstitutes(me).data?.items.find(({ id }) => id === research?.institute.id)
  return { research, institute }
}

function RecallCard({ recall, onConfirmed }: { recall: Recall; onConfirmed: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  const { research, institute } = useRecipient(recall)
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h2 id={title} tabIndex={-1}>
          {t('retention.recalls.item', { disclosure: recall.disclosure, item: recall.item })}
        </h2>
        {recall.isOverdue && !recall.confirmedAt && (
          <span className="badge badge-live-failing">
            <TriangleAlert aria-hidden="true" size={16} />
            {t('retention.recalls.overdue')}
          </span>
        )}
      </div>
      <dl className="facts">
        <Fact label={t('retention.recalls.recipient')}>
          {recall.recipient}
          {research && (
            <span className="second">
              <Link to="/disclosures/research/$id" params={{ id: research.id }}>
                {t('retention.recalls.open', { disclosure: recall.disclosure })}
              </Link>
            </span>
          )}
        </Fact>
        <Fact label={t('retention.recalls.recalledAt')}>{at(recall.recalledAt)}</Fact>
        <Fact label={t('retention.recalls.dueAt')}>{dayBefore(recall.dueAt, language)}</Fact>
        {recall.confirmedAt && <Fact label={t('retention.recalls.confirmedAt')}>{at(recall.confirmedAt)}</Fact>}
      </dl>
      {!recall.confirmedAt && (
        <>
          <NoticeText notice={recall.notice} institute={institute} />
          <ConfirmRecall
            id={recall.id}
            onConfirmed={() => {
              announce(t('retention.recalls.confirmed'))
              onConfirmed()
              focusHeading(title)
            }}
          />
        </>
      )}
    </section>
  )
}

/** Notice to the recipient, in their language. */
function NoticeText({ notice, institute }: { notice: Recall['notice']; institute: Institute | undefined }) {
  const { t, language } = useLanguage()
  const [chosen, setChosen] = useState<Language>()
  const noticeLanguage = chosen ?? institute?.language ?? language
  return (
    <div className="stack-small">
      <h3>{t('retention.recalls.notice')}</h3>
      <Choice
        label={t('retention.recalls.notice.language')}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        value={noticeLanguage}
        onChange={(value) => setChosen(value as Language)}
      />
      <NoticeTo institute={institute} language={noticeLanguage} text={notice[noticeLanguage]} />
    </div>
  )
}

function ConfirmRecall({ id, onConfirmed }: { id: string; onConfirmed: () => void }) {
  const { t } = useLanguage()
  const confirm = $api.useMutation('post', '/api/recalls/{id}/confirm')
  const [outcome, setOutcome] = useState<'destroyed' | 'returned'>('destroyed')
  return (
    <ActStep
      open={t('retention.recalls.confirm')}
      submit={t('retention.recalls.confirm.do')}
      act={confirm}
      request={() => ({ params: { path: { id } }, body: { outcome } })}
      onDone={onConfirmed}
    >
      <p>{t('retention.recalls.confirm.what')}</p>
      <Choice
        label={t('retention.recalls.outcome')}
        options={(['destroyed', 'returned'] as const).map((value) => ({
          value,
          label: t(`retention.recalls.outcome.${value}`),
        }))}
        value={outcome}
        onChange={(value) => setOutcome(value as 'destroyed' | 'returned')}
      />
    </ActStep>
  )
}
