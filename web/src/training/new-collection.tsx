import { useNavigate } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { useStoredForm } from '../disclosures/stored-form.ts'
import { useLanguage } from '../language/use-words.ts'

/** Creates a collection and opens it. */
export function NewCollection() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/training/collections')
  const form = useStoredForm('training collection', { name: '', aim: '' })
  const { name, aim } = form.typed
  return (
    <ActStep
      kind="primary"
      open={t('training.collection.begin')}
      submit={t('training.collection.begin.do')}
      act={begin}
      request={() => (name.trim() ? { body: { name: name.trim(), aim: aim.trim() } } : undefined)}
      onDone={async ({ id }) => {
        form.forget()
        await navigate({ to: '/training/collections/$id', params: { id } })
      }}
      isOpenAtFirst={form.isTyped}
    >
      {(isTried) => <CollectionFields name={name} aim={aim} isTried={isTried} onEdit={form.edit} />}
    </ActStep>
  )
}

/** Title and aim of a collection. */
export function CollectionFields({
  name,
  aim,
  isTried,
  onEdit,
}: {
  name: string
  aim: string
  isTried: boolean
  onEdit: (edited: { name?: string; aim?: string }) => void
}) {
  const { t } = useLanguage()
  return (
    <>
      <Field
        label={t('training.name')}
        error={isTried && name.trim() === '' ? t('training.name.missing') : undefined}
        value={name}
        onChange={(value) => onEdit({ name: value })}
        maxLength={200}
        autoComplete="off"
      />
      <Field
        label={t('training.aim')}
        hint={t('training.aim.hint')}
        value={aim}
        onChange={(value) => onEdit({ aim: value })}
        rows={4}
        maxLength={4000}
      />
    </>
  )
}
