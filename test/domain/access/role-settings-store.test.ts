import { expect } from 'chai';
import { adoptRoleSettings, parseGroupRoleMap, rulesFrom } from '#hub/domain/access/index.js';
import { freshDatabase } from '../../support/database.ts';

describe('the role settings of the operator', () => {
  it('raise the generation of every organization when they are others than at the last start, and only then', async () => {
    const { database, drop } = await freshDatabase();
    try {
      await database.batch([{ name: '', text: `insert into organization (id, slug, name) values (gen_random_uuid(), 'acme', 'Acme')`, values: [] }]);
      const generation = async (): Promise<number> =>
        Number((await database.batch([{ name: '', text: 'select mapping_generation from organization', values: [] }]))[0]?.[0]?.['mapping_generation']);
      const adopt = (map: string, ...defaults: string[]) => adoptRoleSettings(database, { rules: rulesFrom(parseGroupRoleMap(map), 'environment'), defaults });

      expect(await adopt('Engineers=developer'), 'there was no start before').to.equal(false);
      const first = await generation();
      expect(await adopt('Engineers=developer')).to.equal(false);
      expect(await adopt('engineers=developer')).to.equal(false);
      expect(await generation()).to.equal(first);
      expect(await adopt('Engineers=admin')).to.equal(true);
      expect(await adopt('Engineers=admin', 'viewer')).to.equal(true);
      expect(await generation()).to.equal(first + 2);
    } finally {
      await drop();
    }
  });
});
