'use strict';

// A seed bank: which accessions of a plant are in the vault, how well they germinate, and when to test them again.

const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const GENERA = ['Triticum', 'Hordeum', 'Secale', 'Avena', 'Zea', 'Oryza', 'Lens', 'Pisum', 'Vicia', 'Cicer'];
const accessions = Array.from({ length: 4000 }, (_, id) => ({
  id,
  genus: GENERA[id % GENERA.length],
  shelf: `${String.fromCharCode(65 + (id % 8))}${id % 90}`,
  viability: 55 + ((id * 31) % 45),
}));

function due(accession) {
  return accession.viability < 85 ? 'soon' : 'in five years';
}

const app = application();
app.get('/accessions/:id', (request, response) => {
  const accession = accessions[Number(request.params.id) % accessions.length];
  spin(1);
  response.json({ ...accession, due: due(accession) });
});
app.get('/genera/:n', (request, response) => {
  const genus = GENERA[Number(request.params.n) % GENERA.length];
  const rows = accessions.filter((accession) => accession.genus === genus).slice(0, 60);
  spin(2);
  response.json(rows.map((row) => ({ ...row, due: due(row) })));
});
listen(app);
