"""The schematic road network is large enough, connected, the same for the same seed, and full of real hazards."""

from collections import Counter
from dataclasses import replace

from infra.city import net as network
from infra.city import traits
from infra.city.net import Net
from infra.city.plane import to_plane

CITY_CENTRE, DABANCHENG = (87.6168, 43.7925), (88.305, 43.356)


def component_of(net: Net, node: int, *, without: str = "") -> set[int]:
    beside: dict[int, list[int]] = {}
    for edge in net.edges:
        if edge.tags.get("name") != without:
            beside.setdefault(edge.a, []).append(edge.b)
            beside.setdefault(edge.b, []).append(edge.a)
    seen, todo = {node}, [node]
    while todo:
        for other in beside.get(todo.pop(), []):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def test_the_city_has_at_least_15000_junctions(net: Net) -> None:
    assert network.junctions(net) >= 15_000


def test_a_chain_without_junctions_counts_none() -> None:
    line = Net(nodes=[(0, 0), (1, 0), (2, 0)])
    line.edges = [network.Edge(0, 1, [(0, 0), (1, 0)], {}, 0), network.Edge(1, 2, [(1, 0), (2, 0)], {}, 0)]
    assert network.junctions(line) == 0


def test_every_node_can_be_driven_to_and_from(net: Net) -> None:
    again = network.keep_main(Net(list(net.nodes), [replace(e) for e in net.edges]))
    assert len(again.nodes) == len(net.nodes)


def test_a_one_way_dead_end_is_not_kept(net: Net) -> None:
    planted = Net([*net.nodes, (0.0, 0.0)], [replace(e) for e in net.edges])
    trap = {"highway": "tertiary", "oneway": "yes"}
    planted.edges.append(network.Edge(0, len(net.nodes), [net.nodes[0], (0.0, 0.0)], trap, -1))
    assert len(network.keep_main(planted).nodes) == len(net.nodes)


def test_the_causeway_is_the_only_way_to_dabancheng(net: Net) -> None:
    centre, town = traits.nearest_nodes(net, [to_plane(*CITY_CENTRE), to_plane(*DABANCHENG)])
    assert town in component_of(net, centre)
    assert town not in component_of(net, centre, without="柴窝堡长堤")
    assert town in component_of(net, centre, without="北京路"), "an ordinary road is no causeway"


def test_hazards_of_the_field_are_on_the_map(net: Net) -> None:
    seen = Counter(key for edge in net.edges for key in edge.tags)
    heights = {edge.tags["maxheight"] for edge in net.edges if edge.tags.get("maxheight", "9") < "4"}
    assert heights == {"3.2", "3.3", "3.5", "3.6", "3.8"}
    assert seen["maxweight"] >= 20
    assert all(edge.tags["name"] == "石人子沟隧道" for edge in net.edges if edge.tags.get("hazmat") == "no")
    assert seen["hazmat"] >= 2
    assert len(net.restrictions) >= 100
    assert len(net.node_tags) >= 500


def test_the_named_roads_of_the_city_are_all_there(net: Net) -> None:
    names = {edge.tags.get("name") for edge in net.edges}
    asked = (
        "外环路 乌奎高速 北联络线 东二环 绕城高速东段 绕城高速西段 河滩快速路 北京路 友好路 克拉玛依路 克拉玛依路高架"
    )
    asked += " 新华路 阿勒泰路 喀什路 米东大道 西山路 苏州路 连霍高速 阿乌高速 吐乌大高速 华泰路"
    assert set(asked.split()) <= names


def test_forbidden_turns_name_edges_that_meet_at_their_node(net: Net) -> None:
    for start, via, end, _ in net.restrictions:
        assert via in (net.edges[start].a, net.edges[start].b)
        assert via in (net.edges[end].a, net.edges[end].b)
