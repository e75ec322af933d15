import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { dayBefore } from './days.ts'
import type { ResearchDetail, ResearchItem } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { OverdueBadge } from './research-list.tsx'

type Outcome = 'destroyed' | 'returned'

/** Released copies: enters what the institute has done with each. A recall is shown with its day. */
export function ReturnedItems({ disclosure, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { itemList, may } = disclosure
  return (
    <ul className="disclosure-items">
      {itemList.map((item) => {
        const { outcome } = item
        if (outcome === 'none') return null
        const isOut = outcome === 'out' || outcome === 'recalled'
        const title = `returned-item-${item.item}`
        return (
          <li key={item.item} className="stack-small">
            <div className="disclosure-title">
              <h3 id={title} tabIndex={-1}>
                {t('disclosures.item', { item: item.item })}
              </h3>
              <span
                className={`badge badge-${outcome === 'recalled' ? 'restricted' : isOut ? 'capturing' : 'available'}`}
              >
                {t(`disclosures.outcome.${outcome}`)}
              </span>
              {item.recallDueAt && Date.parse(item.recallDueAt) <= serverNowMs() && <OverdueBadge />}
              {item.confirmedAt && <span className="muted">{formatInstant(item.confirmedAt, language)}</span>}
            </div>
            {outcome === 'recalled' && (
              <p>
                {t('disclosures.returns.recalled')}{' '}
                {item.recallDueAt &&
                  t('disclosures.returns.recalled.by', { day: dayBefore(item.recallDueAt, language) })}
              </p>
            )}
            {isOut && may.confirm && (
              <ConfirmItem
                disclosure={disclosure}
                item={item}
                onConfirmed={() => onDone(t('disclosures.returns.confirmed', { item: item.item }), title)}
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}

function ConfirmItem({
  disclosure: { id },
  item: { item },
  onConfirmed,
}: {
  disclosure: ResearchDetail
  item: ResearchItem
  onConfirmed: () => Promise<void>
}) {
  const { t } = useLanguage()
  const confirm = $api.useMutation('post', '/api/research-disclosures/{id}/items/{item}/outcome')
  const form = useStoredForm<{ outcome: Outcome; reference: string }>(`outcome ${id} ${item}`, {
    outcome: 'destroyed',
    reference: '',
  })
  const { outcome, reference } = form.typed
  const request = () =>
    reference.trim() === ''
      ? undefined
      : { params: { path: { id, item } }, body: { outcome, reference: reference.trim() } }
  return (
    <ActStep
      open={t('disclosures.returns.confirm', { item })}
      submit={t('retention.recalls.confirm.do')}
      act={confirm}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onConfirmed()
      }}
    >
      {(isTried) => (
        <>
          <p>{t('disclosures.returns.confirm.what')}</p>
          <Choice
            label={t('retention.recalls.outcome')}
            options={(['destroyed', 'returned'] as const).map((value) => ({
              value,
              label: t(`retention.recalls.outcome.${value}`),
            }))}
            value={outcome}
            onChange={(value) => form.edit({ outcome: value as Outcome })}
          />
          <Field
            label={t('disclosures.returns.reference')}
            hint={t('disclosures.returns.reference.hint')}
            error={isTried && reference.trim() === '' ? t('disclosures.returns.reference.missing') : undefined}
            value={reference}
            onChange={(value) => form.edit({ reference: value })}
            maxLength={64}
            autoComplete="off"
          />
        </>
      )}
    </ActStep>
  )
}
