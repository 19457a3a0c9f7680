export default function Old({ id }) {
  return <p>{id}</p>;
}

export function getServerSideProps({ params }) {
  return { props: { id: params.id } };
}
