import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Keeps what the simulated provider remembers, as long as the demonstration lasts. */
export function memoryAdapter(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  const drop = (wanted: (payload: AdapterPayload) => boolean): void => {
    for (const [key, payload] of kept) if (wanted(payload)) kept.delete(key);
  };
  return (model) => {
    const keyOf = (id: string): string => `${model} ${id}`;
    const firstWith = (name: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
      [...kept].find(([key, payload]) => key.startsWith(`${model} `) && payload[name] === value)?.[1];
    return {
      upsert: async (id, payload) => void kept.set(keyOf(id), payload),
      find: async (id) => kept.get(keyOf(id)),
      findByUid: async (uid) => firstWith('uid', uid),
      findByUserCode: async (code) => firstWith('userCode', code),
      consume: async (id) => void kept.set(keyOf(id), { ...kept.get(keyOf(id)), consumed: Math.floor(Date.now() / 1000) }),
      destroy: async (id) => void kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => drop((payload) => payload.grantId === grantId),
    };
  };
}
