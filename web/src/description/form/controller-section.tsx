import { useLanguage, type Word } from '../../language/use-words.ts'
import { readAt } from '../edits.ts'
import { useForm } from './form-state.tsx'
import { PathText, PathTrilingual, Together, useNameOf } from './path-fields.tsx'
import { Section } from './section.tsx'

const forms = ['genitive', 'adessive', 'inessive'] as const

/** Controller of the register and its contacts (R2, R42-R49). */
export function ControllerSection() {
  const { say } = useLanguage()
  const { document } = useForm()
  const nameOf = useNameOf()
  return (
    <Section
      name="controller"
      title={say('form.controller')}
      summary={nameOf(readAt(document, ['controller', 'name']), '')}
    >
      <PathTrilingual path={['controller', 'name']} label={say('form.controller.name')} />
      <Together
        path={['controller', 'finnishForms']}
        label={say('form.controller.forms')}
        hint={say('form.controller.forms.hint')}
      >
        <div className="three">
          {forms.map((form) => (
            <PathText
              key={form}
              path={['controller', 'finnishForms', form]}
              label={say(`form.forms.${form}` as Word)}
              hint={say(`form.forms.${form}.hint` as Word)}
              lang="fi"
            />
          ))}
        </div>
      </Together>
      <PathTrilingual path={['controller', 'unit']} label={say('form.controller.unit')} isLong />
      <PathTrilingual path={['controller', 'postalAddress']} label={say('form.controller.postal')} />
      <PathTrilingual path={['controller', 'visitingAddress']} label={say('form.controller.visiting')} />
      <PathTrilingual
        path={['controller', 'switchboard']}
        label={say('form.controller.switchboard')}
        hint={say('form.controller.switchboard.hint')}
      />
      <PathTrilingual path={['rights', 'unit']} label={say('form.rights.unit')} hint={say('form.rights.unit.hint')} />
      <PathText
        path={['rights', 'finnishForms', 'illative']}
        label={say('form.forms.illative')}
        hint={say('form.forms.illative.hint')}
        lang="fi"
        className="field-medium"
      />
    </Section>
  )
}
