import { Argument, type Command } from 'commander';
import { leaf, type Noun } from './command.ts';

/** The words that may follow each sequence of commands: `'' → organization …`, `'organization' → create list …`. */
function wordsByPath(command: Command, path: readonly string[] = []): Map<string, readonly string[]> {
  const visible = command.commands.filter((one) => one.name() !== 'help');
  const options = [...command.options.map((option) => option.long ?? option.short ?? ''), '--help'];
  const words = new Map<string, readonly string[]>([[path.join(' '), [...visible.map((one) => one.name()), ...options].toSorted()]]);
  for (const one of visible) for (const [key, value] of wordsByPath(one, [...path, one.name()])) words.set(key, value);
  return words;
}

const cases = (program: Command): string =>
  [...wordsByPath(program)].map(([path, words]) => `    "${path}") words="${words.join(' ')}" ;;`).join('\n');

const lookUp = (program: Command): string => `  local path="" word words=""
  for word in "$@"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases(program)}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
  done`;

const scripts = {
  bash: (program: Command): string => `# bash completion of gatehouse: source it, or put it into /etc/bash_completion.d
_gatehouse_words() {
${lookUp(program)}
  printf '%s' "$words"
}
_gatehouse() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(_gatehouse_words "\${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$current"))
}
complete -o default -F _gatehouse gatehouse`,
  zsh: (program: Command): string => `#compdef gatehouse
# zsh completion of gatehouse: put it as _gatehouse into a folder of $fpath
_gatehouse_words() {
${lookUp(program)}
  printf '%s' "$words"
}
_gatehouse() {
  compadd -- \${=$(_gatehouse_words "\${(@)words[2,CURRENT-1]}")}
}
compdef _gatehouse gatehouse`,
};

/** `gatehouse completion`. */
export const completion: Noun = (program, { terminal }) => {
  leaf(program, 'completion', 'print a script by which a shell completes commands and options', [
    'completion bash > /etc/bash_completion.d/gatehouse',
    'completion zsh > "${fpath[1]}/_gatehouse"',
  ])
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .action((shell: keyof typeof scripts) => terminal.out(scripts[shell](program)));
};
