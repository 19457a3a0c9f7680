export async function GET(request, { params }) {
  return Response.json(await params);
}

export async function POST() {
  return new Response('as asked', { status: 500 });
}
