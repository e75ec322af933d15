import { Copy, TriangleAlert } from 'lucide-react'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { Step } from '../controls/step.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { languageNames, languages, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import '../styles/contact.css'
import '../styles/description.css'
import '../styles/retention.css'
import '../styles/watch.css'
import type { Recall } from './retention-shapes.ts'

/** Takaisinkutsut: disclosed copies whose recordings have ended, until each is known to be gone (R50). */
export function RecallsPage() {
  const { say } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/recalls', undefined, { staleTime: 0 })
  return (
    <Page title={say('recalls.title')} lead={say('recalls.lead')}>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data?.items.length === 0 && <Notice kind="info">{say('recalls.none')}</Notice>}
      {data?.items.map((recall) => (
        <RecallCard key={recall.id} recall={recall} onConfirmed={() => void refetch()} />
      ))}
    </Page>
  )
}

function RecallCard({ recall, onConfirmed }: { recall: Recall; onConfirmed: () => void }) {
  const { say, language } = useLanguage()
  const title = useId()
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h2 id={title} tabIndex={-1}>
          {say('recalls.item', { disclosure: recall.disclosure, item: recall.item })}
        </h2>
        {recall.isOverdue && !recall.confirmedAt && (
          <span className="badge badge-live-failing">
            <TriangleAlert aria-hidden="true" size={16} />
            {say('recalls.overdue')}
          </span>
        )}
      </div>
      <dl className="facts">
        <Fact label={say('recalls.recipient')}>{recall.recipient}</Fact>
        <Fact label={say('recalls.recalledAt')}>{at(recall.recalledAt)}</Fact>
        {/* Until the end of the day before. */}
        <Fact label={say('recalls.dueAt')}>
          {formatDate(new Date(Date.parse(recall.dueAt) - 1).toISOString(), language)}
        </Fact>
        {recall.confirmedAt && <Fact label={say('recalls.confirmedAt')}>{at(recall.confirmedAt)}</Fact>}
      </dl>
      {!recall.confirmedAt && (
        <>
          <NoticeText notice={recall.notice} />
          <ConfirmRecall
            id={recall.id}
            onConfirmed={() => {
              announce(say('recalls.confirmed'))
              onConfirmed()
              focusHeading(title)
            }}
          />
        </>
      )}
    </section>
  )
}

/** The notice to the recipient, in the language they are written to in. */
function NoticeText({ notice }: { notice: Recall['notice'] }) {
  const { say, language } = useLanguage()
  const [written, setWritten] = useState<Language>(language)
  const title = useId()
  const copy = () =>
    void navigator.clipboard.writeText(notice[written]).then(
      () => announce(say('recalls.copied')),
      () => announce(say('recalls.copied.not')),
    )
  return (
    <div className="stack-small">
      <h3 id={title}>{say('recalls.notice')}</h3>
      <Choice
        label={say('recalls.notice.language')}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        value={written}
        onChange={(value) => setWritten(value as Language)}
      />
      <p className="note" lang={written}>
        {notice[written]}
      </p>
      <div className="actions">
        <Button kind="secondary" onPress={copy}>
          <Copy aria-hidden="true" size={18} />
          {say('recalls.copy')}
        </Button>
      </div>
    </div>
  )
}

function ConfirmRecall({ id, onConfirmed }: { id: string; onConfirmed: () => void }) {
  const { say } = useLanguage()
  const confirm = $api.useMutation('post', '/api/recalls/{id}/confirm')
  const [outcome, setOutcome] = useState<'destroyed' | 'returned'>('destroyed')
  const submit = () =>
    confirm.mutateAsync({ params: { path: { id } }, body: { outcome } }).then(
      () => {
        onConfirmed()
        return true
      },
      () => false,
    )
  return (
    <Step
      open={say('recalls.confirm')}
      submit={say('recalls.confirm.do')}
      isBusy={confirm.isPending}
      error={confirm.error}
      onSubmit={submit}
    >
      <p>{say('recalls.confirm.what')}</p>
      <Choice
        label={say('recalls.outcome')}
        options={(['destroyed', 'returned'] as const).map((value) => ({
          value,
          label: say(`recalls.outcome.${value}`),
        }))}
        value={outcome}
        onChange={(value) => setOutcome(value as 'destroyed' | 'returned')}
      />
    </Step>
  )
}
