import { useLanguage, type Word } from '../../language/use-words.ts'
import { readAt } from '../edits.ts'
import { useForm } from './form-state.tsx'
import { PathText, PathTrilingual, FieldGroup, useNameOf } from './path-fields.tsx'
import { Section } from './section.tsx'

const forms = ['genitive', 'adessive', 'inessive'] as const

/** Controller of the register and its contacts (R2, R42-R49). */
export function ControllerSection() {
  const { t } = useLanguage()
  const { document } = useForm()
  const nameOf = useNameOf()
  return (
    <Section
      name="controller"
      title={t('form.controller')}
      summary={nameOf(readAt(document, ['controller', 'name']), '')}
    >
      <PathTrilingual path={['controller', 'name']} label={t('form.controller.name')} />
      <FieldGroup
        path={['controller', 'finnishForms']}
        label={t('form.controller.forms')}
        hint={t('form.controller.forms.hint')}
      >
        <div className="per-language">
          {forms.map((form) => (
            <PathText
              key={form}
              path={['controller', 'finnishForms', form]}
              label={t(`form.forms.${form}` as Word)}
              hint={t(`form.forms.${form}.hint` as Word)}
              lang="fi"
            />
          ))}
        </div>
      </FieldGroup>
      <PathTrilingual path={['controller', 'unit']} label={t('form.controller.unit')} isLong />
      <PathTrilingual path={['controller', 'postalAddress']} label={t('form.controller.postal')} />
      <PathTrilingual path={['controller', 'visitingAddress']} label={t('form.controller.visiting')} />
      <PathTrilingual
        path={['controller', 'switchboard']}
        label={t('form.controller.switchboard')}
        hint={t('form.controller.switchboard.hint')}
      />
      <PathTrilingual path={['rights', 'unit']} label={t('form.rights.unit')} hint={t('form.rights.unit.hint')} />
      <PathText
        path={['rights', 'finnishForms', 'illative']}
        label={t('form.forms.illative')}
        hint={t('form.forms.illative.hint')}
        lang="fi"
        className="field-medium"
      />
    </Section>
  )
}
