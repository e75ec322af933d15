import { useId, useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Kind } from './reconciliation-shapes.ts'

/** Differences that an explanation covers: those of the list, as read at `readAt`. */
interface Explained {
  kind: Kind
  from: string
  to: string
  readAt: string
  number?: string
  feed?: string
  why?: string
}

/** Enters an explanation of the selected differences, or of all that match the list's filters. */
export function ExplainForm({
  explained,
  selected,
  onExplained,
}: {
  explained: Explained
  selected: ReadonlySet<string>
  /** Called with a summary of what was done. */
  onExplained: (done: string) => void
}) {
  const { t, language } = useLanguage()
  const [note, setNote] = useState('')
  const [chosen, setChosen] = useState<'selected' | 'all'>()
  const [isMissing, setMissing] = useState(false)
  const explanation = $api.useMutation('post', '/api/reconciliation/explanations')
  const field = useId()
  const title = useId()
  const which = selected.size === 0 ? 'all' : (chosen ?? 'selected')

  const explain = async () => {
    if (note.trim() === '') {
      setMissing(true)
      document.getElementById(field)?.focus()
      return
    }
    const body = { ...explained, note, ...(which === 'selected' && { segments: [...selected] }) }
    const data = await explanation.mutateAsync({ body }).catch(() => undefined)
    if (!data) return
    const done = t('reconciliation.explain.done', {
      count: data.explained,
      number: formatCount(data.explained, language),
    })
    const message = data.alarmClosed ? `${done} ${t('reconciliation.explain.closed')}` : done
    announce(message)
    setNote('')
    setMissing(false)
    // The focused element may be gone.
    document.getElementById('reconciliation-calls')?.focus()
    void queries.invalidateQueries({ queryKey: ['get', '/api/alarms'] })
    onExplained(message)
  }

  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <h3 id={title}>{t('reconciliation.explain')}</h3>
      <p>{t('reconciliation.explain.what')}</p>
      <RadioCards
        label={t('reconciliation.explain.which')}
        options={[
          ...(selected.size > 0
            ? [
                {
                  value: 'selected',
                  label: t('reconciliation.explain.selected', {
                    count: selected.size,
                    number: formatCount(selected.size, language),
                  }),
                },
              ]
            : []),
          { value: 'all', label: t('reconciliation.explain.all') },
        ]}
        value={which}
        onChange={(value) => setChosen(value === 'all' ? 'all' : 'selected')}
      />
      <Field
        id={field}
        label={t('reconciliation.explain.note')}
        hint={t('reconciliation.explain.note.hint')}
        error={isMissing && note.trim() === '' ? t('reconciliation.explain.note.missing') : undefined}
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
      {explanation.error && <Failure error={explanation.error} />}
      <div className="actions">
        <Button kind="primary" isBusy={explanation.isPending} onPress={() => void explain()}>
          {t('reconciliation.explain.do')}
        </Button>
      </div>
    </section>
  )
}
