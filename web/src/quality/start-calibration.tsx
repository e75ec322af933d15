import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Step } from '../controls/step.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'

/** Starts a calibration of each recording: several persons evaluate one recording, blind to one another. */
export function StartCalibration({
  recordingIds,
  when,
  onBegun,
}: {
  recordingIds: readonly string[]
  /** Which recordings, for the button's accessible name. */
  when: string
  /** Called for each recording whose calibration has begun. */
  onBegun?: (recordingId: string) => void
}) {
  const { t } = useLanguage()
  const forms = $api.useQuery('get', '/api/quality/forms', undefined, { staleTime: 60_000 }).data?.items ?? []
  const published = forms.filter(({ version }) => version !== undefined)
  const begin = $api.useMutation('post', '/api/quality/calibrations')
  const [name, setName] = useState('')
  const [formId, setFormId] = useState<string>()
  const [isTried, setTried] = useState(false)
  const chosen = formId ?? published[0]?.id
  const submit = async () => {
    setTried(true)
    if (name.trim() === '' || chosen === undefined) return false
    for (const [index, recordingId] of recordingIds.entries()) {
      const numbered = recordingIds.length === 1 ? name.trim() : `${name.trim()} ${index + 1}`
      const request = begin.mutateAsync({ body: { recordingId, formId: chosen, name: numbered } })
      if (!(await finishRequest(request, () => onBegun?.(recordingId)))) return false
    }
    await queries.invalidateQueries({ queryKey: ['get', '/api/quality/calibrations'] })
    announce(t('quality.calibration.begun'))
    return true
  }
  return (
    <Step
      open={t('quality.calibration.begin')}
      named={t('quality.calibration.begin.named', { when })}
      submit={t('quality.calibration.begin.do')}
      isBusy={begin.isPending}
      error={begin.error}
      onOpen={() => setTried(false)}
      onSubmit={submit}
    >
      <Field
        label={t('quality.calibration.name')}
        error={isTried && name.trim() === '' ? t('quality.name.missing') : undefined}
        value={name}
        onChange={setName}
        maxLength={200}
      />
      <Choice
        label={t('quality.form')}
        options={published.map(({ id, name: label }) => ({ value: id, label }))}
        value={chosen ?? ''}
        onChange={setFormId}
      />
    </Step>
  )
}
